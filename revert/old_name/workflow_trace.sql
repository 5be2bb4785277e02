-- Revert workflow_consolidation:old_name/workflow_trace from pg

begin;

set local lock_timeout = '2s';

drop trigger guard_run_identity on public.user_workflow_run;
drop function public.guard_run_identity();
drop view consolidation.workflow_trace;

commit;
