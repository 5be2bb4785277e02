-- Deploy workflow_consolidation:move/merge_elements to pg
--
-- Why:    an array that is rebuilt from old rows keeps what only the array before it could say:
--         further keys, and elements that the old table cannot hold or refused.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/merge_elements') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.known_elements(
    runs consolidation.known_run [], steps consolidation.known_step []
)
returns table (document uuid, events jsonb, screenshots jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with array_of (legacy_trace_id, owner, on_step, kind, elements) as (
        select r.legacy_trace_id, r.run_id, false, 'event', r.events
        from unnest(runs) as r
        union all
        select r.legacy_trace_id, r.run_id, false, 'screenshot', r.screenshots
        from unnest(runs) as r
        union all
        select s.legacy_trace_id, s.step_id, true, 'event', s.events
        from unnest(steps) as s
        union all
        select s.legacy_trace_id, s.step_id, true, 'screenshot', s.screenshots
        from unnest(steps) as s
    ),

    known as materialized (
        select
            a.legacy_trace_id,
            a.kind,
            case a.kind
                when 'event' then consolidation.event_key(x.element, a.owner, x.place)::text
                else consolidation.screenshot_key(x.element, a.owner, x.place)::text
            end as key,
            x.element
        from array_of as a
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(a.elements) = 'array' then a.elements end
        ) with ordinality as x (element, place)
        where
            consolidation.fits(
                case
                    when a.kind = 'event' then 'event'
                    when a.on_step then 'step screenshot'
                    else 'run screenshot'
                end,
                x.element
            )
    ),

    rebuilt (legacy_trace_id, document, events, screenshots) as (
        select r.legacy_trace_id, r.run_id, r.events, r.screenshots
        from public.user_workflow_run as r
        where r.legacy_trace_id = any (array(select k.legacy_trace_id from unnest(runs) as k))
        union all
        select s.legacy_trace_id, s.step_id, s.events, s.screenshots
        from public.user_workflow_run_step as s
        where s.legacy_trace_id = any (array(select k.legacy_trace_id from unnest(runs) as k))
    ),

    shown as materialized (
        select
            b.legacy_trace_id,
            b.document,
            a.kind,
            x.element ->> a.name as key
        from rebuilt as b
        cross join lateral (
            values
            ('event', 'event_id', b.events), ('screenshot', 'screenshot_id', b.screenshots)
        ) as a (kind, name, elements)
        cross join lateral jsonb_array_elements(a.elements) as x (element)
    )

    -- Only to the document where it stands now: all of a run for each of its steps is quadratic.
    -- Materialized: elements are matched, not arrays of a run with each other first.
    select
        b.document,
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'event'),
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'screenshot')
    from shown as b
    inner join known as k
        on k.legacy_trace_id = b.legacy_trace_id and k.kind = b.kind and k.key = b.key
    group by b.document;
end;
$$;
comment on function consolidation.known_elements(
    consolidation.known_run [], consolidation.known_step []
) is
'For each document of these runs, what was known of its elements, by the id the old names show. They
may have been in another document of the run';

create function consolidation.merge_elements(
    known jsonb, rebuilt jsonb, known_by_id jsonb, kind text, owner uuid, refused jsonb
)
returns jsonb
language sql
stable
-- From PostgreSQL 18 on an SQL function heeds the custom plans that consolidate() asks for, and
-- would be planned anew for each step.
set plan_cache_mode = force_generic_plan
begin atomic
    -- A key of a known element keeps its value if the old row says the same in its own words.
    -- Elements the old table could not hold, or refused, follow the others, in their order.
    with known_element as (
        select
            a.element,
            a.place,
            n.name,
            a.element ->> n.name as id,
            row_number() over (partition by a.element ->> n.name order by a.place) as copy,
            case kind
                when 'event'
                    then to_jsonb(
                        consolidation.event_key(a.element, merge_elements.owner, a.place)
                    )
                else to_jsonb(
                    consolidation.screenshot_key(a.element, merge_elements.owner, a.place)
                )
            end as key
        from jsonb_array_elements(
            case when jsonb_typeof(known) = 'array' then known else '[]' end
        ) with ordinality as a (element, place)
        cross join (
            select case kind when 'event' then 'event_id' else 'screenshot_id' end
        ) as n (name)
    ),

    merged as (
        select
            1 as part,
            n.place,
            coalesce(k.element, '{}') || (
                select jsonb_object_agg(
                    v.name,
                    case
                        when (k.element -> v.name)::text = v.content::text
                            then k.element -> v.name
                        when
                            v.content = 'null' and consolidation.is_computed_key(kind, v.name)
                            then coalesce(k.element -> v.name, 'null')
                        when
                            v.name <> 'data'
                            and (
                                k.element ->> v.name = v.content #>> '{}'
                                or v.name = 'timestamp'
                                and public.from_iso8601(k.element ->> v.name)
                                = public.from_iso8601(v.content #>> '{}')
                                or v.name = 'confidence'
                                and round(consolidation.to_score(k.element -> v.name), 2)
                                = consolidation.to_score(v.content)
                            )
                            then k.element -> v.name
                        else v.content
                    end
                )
                from jsonb_each(n.element) as v (name, content)
            ) as element
        from jsonb_array_elements(rebuilt) with ordinality as n (element, place)
        cross join lateral (
            select
                known_by_id
                -> (n.element ->> case kind when 'event' then 'event_id' else 'screenshot_id' end)
                as element
        ) as k
        union all
        -- By its id it stays the row that was refused, wherever it comes to stand.
        select
            2,
            x.place,
            case
                when refused ? (x.key #>> '{}')
                    then x.element || jsonb_build_object(x.name, x.key)
                else x.element
            end
        from known_element as x
        where
            not consolidation.fits(kind, x.element)
            or refused ? (x.key #>> '{}')
            -- The old table cannot hold an element twice either.
            or (
                x.copy > 1
                and exists (
                    select from jsonb_array_elements(rebuilt) as n (element)
                    where x.id = n.element ->> x.name
                )
            )
    )

    select coalesce(jsonb_agg(m.element order by m.part, m.place), '[]')
    from merged as m;
end;
comment on function consolidation.merge_elements(jsonb, jsonb, jsonb, text, uuid, jsonb) is
'The rebuilt array with what only the known documents of the run can say: further keys of the
same element, wherever it was, and elements the old table cannot hold. kind: event, step screenshot
or run screenshot; owner: run_id or step_id; refused: ids that the old table refused, as texts';

call consolidation.note_deployed('move/merge_elements');

commit;
