-- Revert workflow_consolidation:access/workflow_owner from pg

select consolidation.is_reverted('access/workflow_owner') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop trigger keep_workflow_owner_update on public.user_workflow_run;
drop trigger keep_workflow_owner_insert on public.user_workflow_run;
drop function public.keep_workflow_owner();
drop function public.is_own_workflow(uuid);
drop table public.user_workflow_owner;

delete from consolidation.deployed_change where change = 'access/workflow_owner';

commit;
