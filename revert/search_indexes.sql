-- Revert workflow_consolidation:search_indexes from pg

select consolidation.is_reverted('search_indexes') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- The indexes are not dropped concurrently: the cut-over was reverted before this, so no
-- application uses the tables.
-- squawk-ignore-file require-concurrent-index-deletion

drop index public.idx_step_screenshots_gin;
drop index public.idx_run_endpoints_gin;
drop index public.idx_step_node;
drop index public.idx_step_org_status;
drop index public.idx_run_workflow;
drop index public.idx_run_external_id;
drop index public.idx_run_org_status;
drop index public.idx_run_org_created;
drop index public.idx_run_events_gin;
drop index public.idx_step_events_gin;
drop index public.idx_run_context_gin;

delete from consolidation.deployed_change where change = 'search_indexes';

commit;
