-- Deploy workflow_consolidation:proof/uncarriable to pg
--
-- Why:    some old rows have no place in the documents. They are listed, each with the statement
--         that would repair it, before anything moves; nothing is ever invented for them.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('proof/uncarriable') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

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
        ('status', t.status is null),
        ('channel', t.channel is null),
        ('created_by', t.created_by is null)
    ) as missing (column_name, is_missing)
    where
        missing.is_missing
        and (
            t.workflow_id is null or t.status is null or t.channel is null or t.created_by is null
        )
    union all
    select
        'node_id is null',
        'workflow_steps',
        format('step_id %s of trace_id %s', s.step_id, s.trace_id),
        format('update workflow_steps set node_id = ... where step_id = %s;', s.step_id)
    from consolidation.old_step as s
    where s.node_id is null
    union all
    select
        'the step belongs to another execution',
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
repair it (with ... for what only you can know). Empty when everything can be carried over';
revoke all on function consolidation.uncarriable() from public;
grant execute on function consolidation.uncarriable()
to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('proof/uncarriable');

commit;
