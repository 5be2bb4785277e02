-- Deploy workflow_consolidation:move/carry_back to pg
--
-- Why:    the way back. After the cut-over it writes executions, as the old names show them, into
--         the old tables in the schema legacy; the capture of the document tables says which.
-- Locks:  a call takes advisory locks on the executions, and rows of the legacy tables.
-- Revert: drops the function.

select consolidation.is_deployed('move/carry_back') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create function consolidation.carry_back(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    target record;
    write_rows text;
    refused text [];
    -- Steps that stand under an execution that they were moved away from.
    moved bigint [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();
    perform consolidation.lock_traces(trace_ids);

    moved := array(
        select d.step_id
        from public.workflow_steps as s
        inner join legacy.workflow_steps as d on d.step_id = s.step_id
        where s.trace_id = any (trace_ids) and d.trace_id <> s.trace_id
    );
    if cardinality(moved) > 0 then
        delete from legacy.workflow_events as d where d.step_id = any (moved);
        delete from legacy.workflow_steps as d where d.step_id = any (moved);
    end if;
    delete from legacy.workflow_events as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_screenshot as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_context as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_endpoint as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_steps as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace as d where d.trace_id = any (trace_ids);

    for target in
        select
            c.table_name,
            c.source,
            c.id,
            c.has_place,
            string_agg(format('%I', a.attname), ', ' order by a.attnum) as columns,
            -- An adopted table may have an enum where the documents have text.
            string_agg(
                format('w.%I::%s', a.attname, format_type(a.atttypid, a.atttypmod)),
                ', ' order by a.attnum
            ) as expressions
        from (
            values
            (1, 'workflow_trace', 'public.workflow_trace', 'trace_id', false),
            (2, 'workflow_steps', 'public.workflow_steps', 'step_id', false),
            (3, 'workflow_events', 'consolidation.event_row', 'event_id', true),
            (4, 'workflow_trace_screenshot', 'consolidation.screenshot_row', 'screenshot_id', true),
            (5, 'workflow_trace_context', 'consolidation.context_row', 'context_id', true),
            (6, 'workflow_trace_endpoint', 'consolidation.endpoint_row', 'endpoint_id', true)
        ) as c (ordinal, table_name, source, id, has_place)
        inner join pg_attribute as a
            on a.attrelid = to_regclass(format('legacy.%I', c.table_name))
        where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        group by c.ordinal, c.table_name, c.source, c.id, c.has_place
        order by c.ordinal
    loop
        write_rows := format(
            'with wanted as materialized (
                select distinct on (w.trace_id, w.%3$I) %4$s
                from %5$s as w
                where w.trace_id = any ($1) and %6$s and ($2 is null or w.%3$I::text = any ($2))
                order by w.trace_id, w.%3$I %7$s
            ),

            written (trace, id) as (
                insert into legacy.%1$I (%2$s) overriding system value
                select * from wanted %8$s
                returning trace_id, %3$I
            )

            select array_agg(w.%3$I::text)
            from wanted as w
            where (w.trace_id, w.%3$I) not in (select r.trace, r.id from written as r)',
            target.table_name, target.columns, target.id, target.expressions, target.source,
            case when target.has_place then 'w.fits' else 'true' end,
            -- The first of several with the same id, as differences() has it.
            case
                when target.has_place then format(', w.place, row(%s)::text', target.expressions)
            end,
            case when target.has_place then 'on conflict do nothing' end
        );
        execute write_rows into refused using trace_ids, null::text [];
        if refused is null then
            continue;
        end if;
        -- An id may still stand under the execution it was moved away from, which then is in the
        -- queue, too. If that one still shows it, it keeps it: the old table holds an id once.
        execute format(
            'delete from legacy.%1$I as d
            where
                d.%2$I::text = any ($1)
                and not exists (
                    select from %3$s as e
                    where e.trace_id = d.trace_id and e.%2$I = d.%2$I
                )',
            target.table_name, target.id, target.source
        ) using refused;
        execute write_rows into refused using trace_ids, refused;
    end loop;

    insert into consolidation.carried_back (trace_id)
    select distinct t.trace_id from unnest(trace_ids) as t (trace_id)
    on conflict do nothing;
end;
$$;
comment on function consolidation.carry_back(bigint []) is
'Writes these executions, as the old names show them, into the tables of the schema legacy; what
those cannot hold stays in the documents. Raises 25000 in a transaction that is not read committed';
revoke all on function consolidation.carry_back(bigint []) from public;

insert into consolidation.deployed_change (change) values ('move/carry_back');

commit;
