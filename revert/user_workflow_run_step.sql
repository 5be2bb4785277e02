-- Revert workflow_consolidation:user_workflow_run_step from pg

begin;

set local lock_timeout = '2s';

drop table public.user_workflow_run_step;
drop function public.fill_step_keys();

commit;
