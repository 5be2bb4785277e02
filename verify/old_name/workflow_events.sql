-- Verify workflow_consolidation:old_name/workflow_events on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
from workflow_events
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_events'), 'consolidation.event_row'::regclass)
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 2 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attribute
where
    attrelid = consolidation.old_name('workflow_events')
    and attname in ('event_id', 'timestamp')
    and atthasdef;

select 1 / (case when count(*) = 2 then 1 else 0 end) as written_by_triggers
from pg_catalog.pg_trigger
where
    tgrelid = consolidation.old_name('workflow_events')
    and tgenabled = 'O'
    and (tgname, tgfoid) in (
        values
        ('guard'::name, 'consolidation.guard_workflow_events()'::regprocedure::oid),
        ('write', 'consolidation.write_workflow_events()'::regprocedure)
    );

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_events()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
