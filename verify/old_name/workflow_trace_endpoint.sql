-- Verify workflow_consolidation:old_name/workflow_trace_endpoint on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    trace_id,
    endpoint_id
from workflow_trace_endpoint
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_trace_endpoint'), 'consolidation.endpoint_row'::regclass)
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 2 then 1 else 0 end) as written_by_triggers
from pg_catalog.pg_trigger
where
    tgrelid = consolidation.old_name('workflow_trace_endpoint')
    and tgenabled = 'O'
    and (tgname, tgfoid) in (
        values
        ('guard'::name, 'consolidation.guard_workflow_trace_endpoint()'::regprocedure::oid),
        ('write', 'consolidation.write_workflow_trace_endpoint()'::regprocedure)
    );

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_trace_endpoint()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
