-- Revert workflow_consolidation:differences from pg

select consolidation.is_reverted('differences') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.differences(bigint, bigint, boolean, bigint []);

delete from consolidation.deployed_change where change = 'differences';

commit;
