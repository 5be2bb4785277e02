-- Revert workflow_consolidation:search_indexes from pg

begin;

set local lock_timeout = '2s';

-- Not concurrently: the cut-over was reverted before this, so no application uses the tables.
-- squawk-ignore-file require-concurrent-index-deletion

drop index public.idx_step_node;
drop index public.idx_step_org_status;
drop index public.idx_run_workflow;
drop index public.idx_run_external_id;
drop index public.idx_run_org_status;
drop index public.idx_run_org_created;
drop index public.idx_run_events_gin;
drop index public.idx_step_events_gin;
drop index public.idx_run_context_gin;

commit;
