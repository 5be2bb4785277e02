-- Revert workflow_consolidation:old_names/workflow_trace from pg

select consolidation.is_reverted('old_names/workflow_trace') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop trigger guard_run_identity on public.user_workflow_run;
drop function public.guard_run_identity();
drop view consolidation.workflow_trace;

delete from consolidation.deployed_change where change = 'old_names/workflow_trace';

commit;
