-- Revert workflow_consolidation:old_names/workflow_steps from pg

select consolidation.is_reverted('old_names/workflow_steps') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop trigger keep_screenshots on public.user_workflow_run_step;
drop function public.keep_screenshots();
drop trigger guard_step_identity on public.user_workflow_run_step;
drop function public.guard_step_identity();
drop trigger refuse_null_retry_count on public.user_workflow_run_step;
drop function public.refuse_null_retry_count();
drop view consolidation.workflow_steps;

delete from consolidation.deployed_change where change = 'old_names/workflow_steps';

commit;
