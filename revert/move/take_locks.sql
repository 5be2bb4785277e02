-- Revert workflow_consolidation:move/take_locks from pg

select consolidation.is_reverted('move/take_locks') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.take_locks(regclass [], text, interval, interval);
drop function consolidation.lock_holders(regclass []);

delete from consolidation.deployed_change where change = 'move/take_locks';

commit;
