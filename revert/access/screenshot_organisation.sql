-- Revert workflow_consolidation:access/screenshot_organisation from pg

select consolidation.is_reverted('access/screenshot_organisation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop trigger guard_screenshots_update on public.user_workflow_run_step;
drop trigger guard_screenshots_insert on public.user_workflow_run_step;
drop trigger guard_screenshots_update on public.user_workflow_run;
drop trigger guard_screenshots_insert on public.user_workflow_run;
drop function public.guard_screenshots();
drop function public.names_other_organisation(jsonb, uuid);

delete from consolidation.deployed_change where change = 'access/screenshot_organisation';

commit;
