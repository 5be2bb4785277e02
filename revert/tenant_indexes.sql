-- Revert workflow_consolidation:tenant_indexes from pg

begin;

set local lock_timeout = '2s';

-- Not concurrently: the cut-over was reverted before this, so no application uses the tables.
-- squawk-ignore-file require-concurrent-index-deletion

drop index public.idx_step_screenshots_gin;
drop index public.idx_run_endpoints_gin;

commit;
