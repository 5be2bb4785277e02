-- Verify workflow_consolidation:old_names/workflow_trace_context on pg

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
from pg_catalog.pg_attrdef as d
inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
where
    d.adrelid = consolidation.old_name('workflow_trace_context')
    and (a.attname::text, pg_get_expr(d.adbin, d.adrelid)) in (
        values
        ('context_id', '''-5719117740578205047''::bigint'),
        ('created_at', 'now()')
    );

-- The guard asks with the rights of the caller, else it would let a tenant write anywhere.
select 1 / (case when count(*) = 2 then 1 else 0 end) as guarded_and_written_by_triggers
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
where
    t.tgrelid = consolidation.old_name('workflow_trace_context')
    and t.tgenabled = 'O'
    and (
        (
            t.tgname = 'guard'
            and p.oid = 'consolidation.guard_workflow_trace_context()'::regprocedure
            and not p.prosecdef
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR UPDATE ON %'
        )
        or (
            t.tgname = 'write'
            and p.oid = 'consolidation.write_workflow_trace_context()'::regprocedure
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR DELETE OR UPDATE ON %'
        )
    );

select 1 / (case when count(*) = 2 then 1 else 0 end) as new_keys_get_an_origin
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run'::regclass
    and (
        (
            tgname = 'keep_context_origin_insert'
            and pg_get_triggerdef(oid) like '% BEFORE INSERT ON %'
        )
        or (
            tgname = 'keep_context_origin_update'
            and pg_get_triggerdef(oid) like '% BEFORE UPDATE OF context ON %'
        )
    )
    and tgfoid = 'consolidation.keep_context_origin()'::regprocedure
    and tgenabled = 'O';

select 1 / (case when count(*) = 2 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.write_workflow_trace_context()'::regprocedure,
        'consolidation.keep_context_origin()'::regprocedure
    )
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case
    when has_table_privilege('workflow_maintenance', 'consolidation.context_row', 'select') then 1
    else 0
end) as the_writing_trigger_can_read;

rollback;
