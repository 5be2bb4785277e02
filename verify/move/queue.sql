-- Verify workflow_consolidation:move/queue on pg

begin;

select
    change_id,
    trace_id
from consolidation.change
where false;

-- Before the cut-over the old tables are captured, after it the document tables.
do $$
declare
    missing text;
begin
    select string_agg(format('%s on %s', w.trigger_name, w.captured), ', ')
    into missing
    from (
        select
            t.trigger_name,
            c.captured,
            c.capture_function
        from (
            values
            ('workflow_trace', 'capture_old'),
            ('workflow_steps', 'capture_old'),
            ('workflow_events', 'capture_old'),
            ('workflow_trace_screenshot', 'capture_old'),
            ('workflow_trace_context', 'capture_old'),
            ('workflow_trace_endpoint', 'capture_old'),
            ('user_workflow_run', 'capture_new'),
            ('user_workflow_run_step', 'capture_new')
        ) as c (captured, capture_function)
        cross join unnest(
            array['capture_insert', 'capture_update', 'capture_delete', 'capture_truncate']
        ) as t (trigger_name)
        where (c.capture_function = 'capture_old') = (consolidation.phase() = 'expand')
    ) as w
    where
        consolidation.phase() <> 'contract'
        and not exists (
            select from pg_catalog.pg_trigger as g
            where
                g.tgrelid = format('public.%I', w.captured)::regclass
                and g.tgname = w.trigger_name
                and g.tgfoid = format('consolidation.%I()', w.capture_function)::regprocedure
                and g.tgenabled = 'O'
        );
    if missing is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'writes are not captured: missing or disabled ' || missing;
    end if;
end
$$;

select 1 / (case when count(*) = 2 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.capture_old()'::regprocedure, 'consolidation.capture_new()'::regprocedure
    )
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case when count(*) = 4 then 1 else 0 end) as the_queue_can_be_filled_and_emptied
from unnest(array['select', 'insert', 'update', 'delete']) as p (privilege)
where has_table_privilege('workflow_maintenance', 'consolidation.change', p.privilege);

select
    'consolidation.start_capture(regclass,regproc)'::regprocedure,
    'consolidation.stop_capture(regclass)'::regprocedure;

rollback;
