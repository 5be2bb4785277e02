-- Revert workflow_consolidation:documents/user_workflow_run_step from pg

select consolidation.is_reverted('documents/user_workflow_run_step') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop table public.user_workflow_run_step;
drop function public.fill_step_keys();

delete from consolidation.deployed_change where change = 'documents/user_workflow_run_step';

commit;
