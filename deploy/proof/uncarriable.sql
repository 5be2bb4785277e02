-- Deploy workflow_consolidation:proof/uncarriable to pg
--
-- Why:    some old rows have no place in the documents. They are listed before anything moves, each
--         with the statement that would repair it. Nothing is ever invented for them.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('proof/uncarriable') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.uncarriable_elements()
returns table (kind text, table_name text, key text, repair text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if consolidation.phase() = 'contract' then
        return;
    end if;
    return query
    select
        v.kind,
        'workflow_events',
        format('event_id %s of trace_id %s', e.event_id, e.trace_id),
        format('update workflow_events set %s where event_id = %s;', v.repair, e.event_id)
    from consolidation.old_event as e
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', e.trace_id is null),
        ('event_data is null', 'event_data = ''null''', e.event_data is null),
        (
            'event_type is longer than 100 characters', 'event_type = left(event_type, 100)',
            length(e.event_type) > 100
        )
    ) as v (kind, repair, is_so)
    where v.is_so and (e.trace_id is null or e.event_data is null or length(e.event_type) > 100)
    union all
    select
        v.kind,
        'workflow_trace_screenshot',
        format('screenshot_id %s of trace_id %s', p.screenshot_id, p.trace_id),
        format(
            'update workflow_trace_screenshot set %s where screenshot_id = %L;',
            v.repair, p.screenshot_id
        )
    from consolidation.old_screenshot as p
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', p.trace_id is null),
        /* linked: (
            'the step belongs to another run', 'step_id = ...',
            p.step_id is not null and p.step_index is null
        ), */
        (
            'node_name is longer than 255 characters', 'node_name = left(node_name, 255)',
            length(p.node_name) > 255
        ),
        (
            'confidence_score is no numeric(3,2)', 'confidence_score = ...',
            p.confidence_score <> 'NaN'
            and (
                abs(p.confidence_score) >= 9.995
                or p.confidence_score <> round(p.confidence_score, 2)
            )
        )
    ) as v (kind, repair, is_so)
    where v.is_so
    union all
    select
        v.kind,
        'workflow_trace_context',
        format('context_id %s of trace_id %s', c.context_id, c.trace_id),
        format(
            'update workflow_trace_context set %s where context_id = %s;', v.repair, c.context_id
        )
    from consolidation.old_context as c
    cross join lateral (
        values
        ('trace_id is null', 'trace_id = ...', c.trace_id is null),
        ('key is null', 'key = ...', c.key is null),
        ('value is null', 'value = ''null''', c.value is null),
        ('key is longer than 255 characters', 'key = left(key, 255)', length(c.key) > 255)
    ) as v (kind, repair, is_so)
    where v.is_so;
end;
$$;
comment on function consolidation.uncarriable_elements() is
'The part of uncarriable() for events, screenshots and context keys';

create function consolidation.uncarriable()
returns table (kind text, table_name text, key text, repair text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        return;
    end if;
    return query
    select
        format('%s is null', missing.column_name),
        'workflow_trace',
        format('trace_id %s', t.trace_id),
        format(
            'update workflow_trace set %s = ... where trace_id = %s;',
            missing.column_name, t.trace_id
        )
    from consolidation.old_trace as t
    cross join lateral (
        values
        ('workflow_id', t.workflow_id is null),
        ('org_id', t.org_id is null),
        ('status', t.status is null),
        ('channel', t.channel is null),
        ('created_at', t.created_at is null),
        ('created_by', t.created_by is null)
    ) as missing (column_name, is_missing)
    where
        missing.is_missing
        and (t.workflow_id, t.org_id, t.status, t.channel, t.created_at, t.created_by) is not null
        is not true
    union all
    select
        format('%s is null', missing.column_name),
        'workflow_steps',
        format('step_id %s of trace_id %s', s.step_id, s.trace_id),
        format(
            'update workflow_steps set %s = ... where step_id = %s;', missing.column_name, s.step_id
        )
    from consolidation.old_step as s
    cross join lateral (
        values
        ('trace_id', s.trace_id is null),
        ('step_number', s.step_number is null),
        ('node_id', s.node_id is null)
    ) as missing (column_name, is_missing)
    where missing.is_missing and (s.trace_id, s.step_number, s.node_id) is not null is not true
    union all
    select u.kind, u.table_name, u.key, u.repair
    from consolidation.uncarriable_elements() as u
    union all
    select
        'the step belongs to another run',
        'workflow_events',
        format(
            'event_id %s of trace_id %s, step_id %s of trace_id %s',
            e.event_id, e.trace_id, e.step_id, s.trace_id
        ),
        format(
            'update workflow_events set step_id = null where event_id = %s; '
            '-- or: set trace_id = %s', e.event_id, s.trace_id
        )
    from consolidation.old_event as e
    inner join consolidation.old_step as s on s.step_id = e.step_id
    where s.trace_id <> e.trace_id;
end;
$$;
comment on function consolidation.uncarriable() is
'Lists each old row that the documents cannot hold: kind, table, key, and the statement that would
repair it (with ... for a value that only you can know). Empty when everything can be carried over';

call consolidation.note_deployed('proof/uncarriable');

commit;
