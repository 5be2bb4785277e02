-- Verify workflow_consolidation:old_names/workflow_events on pg

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
from pg_catalog.pg_attrdef as d
inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
where
    d.adrelid = consolidation.old_name('workflow_events')
    and (a.attname::text, pg_get_expr(d.adbin, d.adrelid)) in (
        values
        ('event_id', '''-5719117740578205047''::bigint'),
        ('timestamp', 'now()')
    );

-- The guard asks with the rights of the caller, else it would let a tenant write anywhere.
select 1 / (case when count(*) = 2 then 1 else 0 end) as guarded_and_written_by_triggers
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
where
    t.tgrelid = consolidation.old_name('workflow_events')
    and t.tgenabled = 'O'
    and (
        (
            t.tgname = 'guard'
            and p.oid = 'consolidation.guard_workflow_events()'::regprocedure
            and not p.prosecdef
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR UPDATE ON %'
        )
        or (
            t.tgname = 'write'
            and p.oid = 'consolidation.write_workflow_events()'::regprocedure
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR DELETE OR UPDATE ON %'
        )
    );

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_events()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case
    when has_table_privilege('workflow_maintenance', 'consolidation.event_row', 'select') then 1
    else 0
end) as the_writing_trigger_can_read;

select 1 / (case
    when
        consolidation.patch('{"a": 1, "b": 1.1}', '{"a": 2, "b": 1.1}', '{"a": 1, "b": 1.10}')
        = '{"b": 1.10}'
        then 1
    else 0
end) as changes_are_merged;

select 'consolidation.refuse_known_event_id(bigint)'::regprocedure;

rollback;
