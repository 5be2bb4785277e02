-- Deploy workflow_consolidation:carry_back to pg
--
-- Why:    the way back. After the cut-over it writes executions, as the old names show them, into
--         the old tables in the schema legacy; the capture of the document tables says which.
-- Locks:  a call takes advisory locks on the executions, and rows of the legacy tables.
-- Revert: drops the function.

begin;

create function consolidation.carry_back(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    target record;
begin
    perform consolidation.see_everything();
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format(
                'carry_back needs read committed, not %s', current_setting('transaction_isolation')
            ),
            hint = 'set default_transaction_isolation = ''read committed''; an older snapshot would '
            'write back an older state.';
    end if;

    perform consolidation.lock_traces(trace_ids);

    -- An id about to be written may still stand under the execution it was moved away from. If that
    -- one still shows it, it keeps it: the old table holds an id once.
    delete from legacy.workflow_events as d
    where
        d.event_id in (
            select e.event_id
            from consolidation.event_row as e
            where e.trace_id = any (trace_ids) and e.fits
        )
        and d.trace_id <> all (trace_ids)
        and not exists (
            select from consolidation.event_row as e
            where e.trace_id = d.trace_id and e.event_id = d.event_id
        );
    delete from legacy.workflow_trace_screenshot as d
    where
        d.screenshot_id in (
            select s.screenshot_id
            from consolidation.screenshot_row as s
            where s.trace_id = any (trace_ids) and s.fits
        )
        and d.trace_id <> all (trace_ids)
        and not exists (
            select from consolidation.screenshot_row as s
            where s.trace_id = d.trace_id and s.screenshot_id = d.screenshot_id
        );
    delete from legacy.workflow_trace_context as d
    where
        d.context_id in (
            select c.context_id
            from consolidation.context_row as c
            where c.trace_id = any (trace_ids) and c.fits
        )
        and d.trace_id <> all (trace_ids)
        and not exists (
            select from consolidation.context_row as c
            where c.trace_id = d.trace_id and c.context_id = d.context_id
        );
    delete from legacy.workflow_events as d
    where
        d.trace_id = any (trace_ids)
        or d.step_id in (
            select s.step_id from public.workflow_steps as s where s.trace_id = any (trace_ids)
        );
    delete from legacy.workflow_trace_screenshot as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_context as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_endpoint as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_steps as d
    where
        d.trace_id = any (trace_ids)
        or d.step_id in (
            select s.step_id from public.workflow_steps as s where s.trace_id = any (trace_ids)
        );
    delete from legacy.workflow_trace as d where d.trace_id = any (trace_ids);

    for target in
        select
            c.table_name,
            c.source,
            c.key_columns,
            c.has_place,
            string_agg(format('%I', a.attname), ', ' order by a.attnum) as columns,
            -- An adopted table may have an enum where the documents have text.
            string_agg(
                format('w.%I::%s', a.attname, format_type(a.atttypid, a.atttypmod)),
                ', ' order by a.attnum
            ) as expressions
        from (
            values
            (1, 'workflow_trace', 'public.workflow_trace', 'w.trace_id', false),
            (2, 'workflow_steps', 'public.workflow_steps', 'w.step_id', false),
            (3, 'workflow_events', 'consolidation.event_row', 'w.event_id', true),
            (
                4, 'workflow_trace_screenshot', 'consolidation.screenshot_row',
                'w.screenshot_id', true
            ),
            (5, 'workflow_trace_context', 'consolidation.context_row', 'w.context_id', true),
            (
                6, 'workflow_trace_endpoint', 'consolidation.endpoint_row',
                'w.trace_id, w.endpoint_id', true
            )
        ) as c (ordinal, table_name, source, key_columns, has_place)
        inner join pg_attribute as a
            on a.attrelid = to_regclass(format('legacy.%I', c.table_name))
        where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        group by c.ordinal, c.table_name, c.source, c.key_columns, c.has_place
        order by c.ordinal
    loop
        execute format(
            'insert into legacy.%1$I (%2$s) overriding system value
            select distinct on (%3$s) %4$s from %5$s as w
            where w.trace_id = any ($1) and %6$s
            order by %3$s
            %7$s',
            target.table_name, target.columns, target.key_columns, target.expressions,
            target.source, case when target.has_place then 'w.fits' else 'true' end,
            case when target.has_place then 'on conflict do nothing' end
        ) using trace_ids;
    end loop;

    insert into consolidation.carried_back (trace_id)
    select distinct t.trace_id from unnest(trace_ids) as t (trace_id)
    on conflict do nothing;
end;
$$;
comment on function consolidation.carry_back(bigint []) is
'Writes these executions, as the old names show them, into the tables of the schema legacy; what those
cannot hold stays in the documents. Raises 25000 in a transaction that is not read committed';
revoke all on function consolidation.carry_back(bigint []) from public;

commit;
