-- Verify workflow_consolidation:old_names/workflow_trace_endpoint on pg

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
    oid in (
        consolidation.old_name('workflow_trace_endpoint'), 'consolidation.endpoint_row'::regclass
    )
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

-- The guard asks with the rights of the caller, else it would let a tenant write anywhere.
select 1 / (case when count(*) = 2 then 1 else 0 end) as guarded_and_written_by_triggers
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
where
    t.tgrelid = consolidation.old_name('workflow_trace_endpoint')
    and t.tgenabled = 'O'
    and (
        (
            t.tgname = 'guard'
            and p.oid = 'consolidation.guard_workflow_trace_endpoint()'::regprocedure
            and not p.prosecdef
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR UPDATE ON %'
        )
        or (
            t.tgname = 'write'
            and p.oid = 'consolidation.write_workflow_trace_endpoint()'::regprocedure
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR DELETE OR UPDATE ON %'
        )
    );

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_trace_endpoint()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case
    when has_table_privilege('workflow_maintenance', 'consolidation.endpoint_row', 'select') then 1
    else 0
end) as the_writing_trigger_can_read;

rollback;
