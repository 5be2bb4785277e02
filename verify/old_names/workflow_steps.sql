-- Verify workflow_consolidation:old_names/workflow_steps on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    step_id,
    trace_id,
    step_number,
    status,
    input_data,
    output_data,
    error_message,
    start_time,
    end_time,
    duration_ms,
    retry_count,
    metadata,
    node_id
from workflow_steps
where false;

select 1 / (case when count(*) = 1 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_steps'))
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 3 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attrdef as d
inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
where
    d.adrelid = consolidation.old_name('workflow_steps')
    and (a.attname::text, pg_get_expr(d.adbin, d.adrelid)) in (
        values
        ('metadata', 'NULLIF(''{}''::jsonb, ''{}''::jsonb)'),
        ('status', '''pending''::text'),
        ('retry_count', '0')
    );

-- 28: insert, update and delete, without a trigger.
select 1 / (case
    when pg_relation_is_updatable(consolidation.old_name('workflow_steps'), false) = 28 then 1
    else 0
end) as automatically_updatable;

-- The guards ask with the rights of the caller: he must not find the runs of others.
select 1 / (case when count(*) = 3 then 1 else 0 end) as guarded
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
inner join (
    values
        (
            'refuse_null_retry_count', 'public.fill_step_keys()'::regprocedure,
            'BEFORE UPDATE OF retry_count ON', false
        ),
        (
            'guard_step_identity', 'public.guard_step_identity()'::regprocedure,
            'BEFORE UPDATE OF run_id, legacy_trace_id, legacy_step_id ON', false
        ),
        ('keep_screenshots', 'public.keep_screenshots()'::regprocedure, 'AFTER DELETE ON', true)
) as e (name, function, event, definer)
    on e.name = t.tgname and e.function = p.oid
where
    t.tgrelid = 'public.user_workflow_run_step'::regclass
    and t.tgenabled = 'O'
    and p.prosecdef = e.definer
    and pg_get_triggerdef(t.oid) like '% ' || e.event || ' %';

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('public.keep_screenshots()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
