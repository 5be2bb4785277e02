-- Deploy workflow_consolidation:move/claims to pg
--
-- Why:    ids in documents are claims: applications copy documents, and tenants write what they
--         like. An id counts if the old table gives it to that run or to none; of several runs one
--         that the old table has comes before a copy. No row may disappear because another one
--         claims its id.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/claims') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.claims_of(trace_ids bigint [])
returns table (kind text, trace_id bigint, step_id bigint, place text, id text, held_by bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A subquery looks up each id by its key: a join may read whole old tables for each element.
    return query
    select
        'event', e.trace_id, e.step_id, e.place::text, e.event_id::text,
        (select o.trace_id from consolidation.old_event as o where o.event_id = e.event_id)
    from consolidation.event_row as e
    where e.trace_id = any (trace_ids) and e.fits
    union all
    select
        'screenshot', p.trace_id, s.step_id, p.place::text, p.screenshot_id::text,
        (
            select o.trace_id from consolidation.old_screenshot/* numbered: _number */ as o
            where
                o.screenshot_id
                = /* numbered: consolidation.screenshot_number( */ p.screenshot_id /* numbered: ) */
        )
    from consolidation.screenshot_row as p
    left join consolidation.step_row as s
        on s.trace_id = p.trace_id and s.step_number = p.on_step_number
    where p.trace_id = any (trace_ids) and p.fits
    union all
    select
        'context', c.trace_id, null, c.key::text, c.context_id::text,
        (select o.trace_id from consolidation.old_context as o where o.context_id = c.context_id)
    from consolidation.context_row as c
    where c.trace_id = any (trace_ids) and c.fits;
end;
$$;
comment on function consolidation.claims_of(bigint []) is
'Ids that elements and context keys of these runs claim: kind (event, screenshot, context),
run, step if it is on one, place in the array or key, the id, and the run to which the
old table gives it';

create function consolidation.judged_claim(trace_ids bigint [])
returns table (
    kind text, trace_id bigint, step_id bigint, place text, id text, verdict text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with claim as materialized (
        select
            c.*,
            (select true from consolidation.old_trace as o where o.trace_id = c.trace_id) as is_old
        from consolidation.claims_of(trace_ids) as c
    ),

    upheld as materialized (
        select
            c.kind,
            c.trace_id,
            c.id
        from consolidation.claims_of(
            array(select distinct c.held_by from claim as c where c.held_by <> c.trace_id)
        ) as c
    )

    select
        x.kind,
        x.trace_id,
        x.step_id,
        x.place,
        x.id,
        case
            when x.turn > 1 then 'lost'
            when x.held_by is null or x.held_by = x.trace_id then 'kept'
            when exists (
                select from upheld as u
                where u.kind = x.kind and u.trace_id = x.held_by and u.id = x.id
            )
                then 'lost'
            else 'moved'
        end
    from (
        select
            c.*,
            row_number() over (
                partition by c.kind, c.id
                order by
                    c.held_by = c.trace_id desc nulls last, c.is_old nulls last,
                    c.trace_id, c.step_id, c.place
            ) as turn
        from claim as c
    ) as x;
end;
$$;
comment on function consolidation.judged_claim(bigint []) is
'The claims with a verdict. kept: the old table gives the id to this run or to none. lost: it gives
the id to another run, which still shows it, or an element before this one has it; a run that the
old table has comes before one that it has not. moved: it gives the id to another run, which no
longer shows it';

create function consolidation.free_id(kind text, taken text [])
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    id bigint;
begin
    -- Somebody may have planted ids ahead of the sequence.
    loop
        if kind = 'screenshot' then
            /* numbered: id := nextval('public.workflow_trace_screenshot_screenshot_id_seq');
            perform from consolidation.old_screenshot_number as n where n.screenshot_id = id;
            if not found and consolidation.screenshot_uuid(id)::text <> all (taken) then
                return to_jsonb(consolidation.screenshot_uuid(id));
            end if;
            continue; */
            return to_jsonb(gen_random_uuid());
        elsif kind = 'event' then
            id := nextval('public.workflow_events_event_id_seq');
            perform from consolidation.old_event as o where o.event_id = id;
        else
            id := nextval('public.workflow_trace_context_context_id_seq');
            perform from consolidation.old_context as o where o.context_id = id;
        end if;
        exit when not found and id::text <> all (taken);
    end loop;
    return to_jsonb(id);
end;
$$;
comment on function consolidation.free_id(text, text []) is
'An id for an element of that kind (event, screenshot, context) that no row has, and that is not in
"taken"';

call consolidation.note_deployed('move/claims');

commit;
