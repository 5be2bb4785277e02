-- Revert workflow_consolidation:proof/uncarriable from pg

select consolidation.is_reverted('proof/uncarriable') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.uncarriable();
drop function consolidation.uncarriable_elements();

delete from consolidation.deployed_change where change = 'proof/uncarriable';

commit;
