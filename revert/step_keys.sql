-- Revert workflow_consolidation:step_keys from pg

select consolidation.is_reverted('step_keys') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

alter table public.user_workflow_run_step
drop constraint user_workflow_run_step_org_id_run_id_fkey,
drop constraint user_workflow_run_step_run_id_fkey,
drop constraint user_workflow_run_step_run_id_step_number_key;
alter table public.user_workflow_run
drop constraint user_workflow_run_org_id_run_id_key;

delete from consolidation.deployed_change where change = 'step_keys';

commit;
