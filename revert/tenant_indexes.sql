-- Revert workflow_consolidation:tenant_indexes from pg

select consolidation.is_reverted('tenant_indexes') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- Not concurrently: the cut-over was reverted before this, so no application uses the tables.
-- squawk-ignore-file require-concurrent-index-deletion

drop index public.idx_step_screenshots_gin;
drop index public.idx_run_endpoints_gin;

delete from consolidation.deployed_change where change = 'tenant_indexes';

commit;
