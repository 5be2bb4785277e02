-- Verify workflow_contract:drop_old_tables on pg

begin;

-- Once the second change is deployed, the schema that could tell is gone.
do $$
declare
    kept text;
begin
    select string_agg(t.name, ', ')
    into kept
    from unnest(array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]) as t (name)
    where to_regclass(format('legacy.%I', t.name)) is not null;
    if kept is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the schema legacy still has %s', kept);
    end if;
    if to_regclass('consolidation.dropped_table') is null then
        return;
    end if;
    if consolidation.phase() <> 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the phase is "%s"', consolidation.phase());
    end if;
    if (
        select count(distinct d.table_name) from consolidation.dropped_table as d
        where d.statement like 'create table%'
    ) <> 6 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the definitions of the old tables are not complete: there would be no way '
            'back';
    end if;
    if exists (
        select from pg_catalog.pg_trigger as g
        where
            g.tgrelid in (
                'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
            )
            and g.tgfoid = 'consolidation.capture_new()'::regprocedure
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the document tables are still captured, and nobody empties the queue';
    end if;
end
$$;

rollback;
