-- Verify workflow_consolidation:old_name/workflow_trace_context on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    context_id,
    trace_id,
    key,
    value,
    created_at,
    updated_at
from workflow_trace_context
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_trace_context'), 'consolidation.context_row'::regclass)
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 2 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attribute
where
    attrelid = consolidation.old_name('workflow_trace_context')
    and attname in ('context_id', 'created_at')
    and atthasdef;

select 1 / (case when count(*) = 2 then 1 else 0 end) as written_by_triggers
from pg_catalog.pg_trigger
where
    tgrelid = consolidation.old_name('workflow_trace_context')
    and tgenabled = 'O'
    and (tgname, tgfoid) in (
        values
        ('guard'::name, 'consolidation.guard_workflow_trace_context()'::regprocedure::oid),
        ('write', 'consolidation.write_workflow_trace_context()'::regprocedure)
    );

select 1 / (case when count(*) = 2 then 1 else 0 end) as new_keys_get_an_origin
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run'::regclass
    and tgname in ('keep_context_origin_insert', 'keep_context_origin_update')
    and tgfoid = 'consolidation.keep_context_origin()'::regprocedure
    and tgenabled = 'O';

select 1 / (case when count(*) = 2 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_trace_context()'::regprocedure, 'consolidation.keep_context_origin()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
