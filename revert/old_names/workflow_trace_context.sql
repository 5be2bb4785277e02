-- Revert workflow_consolidation:old_names/workflow_trace_context from pg

select consolidation.is_reverted('old_names/workflow_trace_context') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop trigger keep_context_origin_update on public.user_workflow_run;
drop trigger keep_context_origin_insert on public.user_workflow_run;
drop view consolidation.workflow_trace_context;
drop function consolidation.write_workflow_trace_context();
drop function consolidation.keep_context_origin();
drop function consolidation.deny_null_workflow_trace_context();

delete from consolidation.deployed_change where change = 'old_names/workflow_trace_context';

commit;
