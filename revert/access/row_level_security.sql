-- Revert workflow_consolidation:access/row_level_security from pg

select consolidation.is_reverted('access/row_level_security') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.see_everything();

drop policy user_workflow_run_step_maintenance on public.user_workflow_run_step;
drop policy user_workflow_run_step_org_isolation on public.user_workflow_run_step;
drop policy user_workflow_run_maintenance on public.user_workflow_run;
drop policy user_workflow_run_org_isolation on public.user_workflow_run;

delete from consolidation.deployed_change where change = 'access/row_level_security';

commit;
