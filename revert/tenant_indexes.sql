-- Revert workflow_consolidation:tenant_indexes from pg

begin;

set local lock_timeout = '2s';

drop index public.idx_step_screenshots_gin;
drop index public.idx_run_endpoints_gin;

commit;
