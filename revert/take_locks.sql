-- Revert workflow_consolidation:take_locks from pg

select consolidation.is_reverted('take_locks') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.take_locks(regclass [], text, interval, interval);

delete from consolidation.deployed_change where change = 'take_locks';

commit;
