-- Revert workflow_consolidation:proof/rows from pg

select consolidation.is_reverted('proof/rows') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.old_rows(bigint []);
delete from consolidation.deployed_change where change = 'proof/rows';

commit;
