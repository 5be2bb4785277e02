-- Deploy workflow_consolidation:proof/unequal_elements to pg
--
-- Why:    equality is proved, not assumed. These functions find the runs in which anything differs,
--         as fast as that can be. They compare stored bytes, and keys by their operators: 1.1 and
--         1.10 are different, and so are JSON null and no value. Text, integers and numerics are
--         compared as such: an old table may have an enumeration, or another width.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/unequal_elements') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.is_written_as(document text, moment timestamptz)
returns boolean
language sql
stable
parallel safe
return case
    when moment is null or document is null then moment is null and document is null
    -- The order matters: text that to_iso8601 wrote can be cast without an error.
    when document = public.to_iso8601(moment) then document::timestamptz = moment
    else false
end;
comment on function consolidation.is_written_as(text, timestamptz) is
'Whether a time in a document is the text that to_iso8601 writes for the moment, and is read by
PostgreSQL as that moment';

create function consolidation.unequal_events(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            e.*,
            row_number() over (
                partition by e.trace_id, e.step_id order by e."timestamp", e.event_id
            ) as place
        from consolidation.old_event as e
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as o
    full join (
        select
            e.*,
            b.trace_id is not null as is_loose
        from consolidation.event_row as e
        left join consolidation.carried_back as b on b.trace_id = e.trace_id
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id and n.event_id = o.event_id
    -- Not n.fits and n."timestamp": they would be read for every row.
    where case
        when n.trace_id is null then true
        -- What the old table cannot hold, an application wrote.
        when o.trace_id is null then not n.is_loose or consolidation.fits('event', n.element)
        when
            o.step_id is distinct from n.step_id
            or row(
                o.event_type::text, o.event_data /* event: , o.<further> */
            )::record *<> row(
                n.event_type::text, n.event_data /* event: , n.<further> */
            )::record
            then true
        when not n.is_loose
            then not n.as_built
            or n.place <> o.place
            or not consolidation.is_written_as(n.element ->> 'timestamp', o."timestamp")
        -- An element that equals a row without nulls fits.
        when
            (o.event_type is null or o."timestamp" is null)
            and not consolidation.fits('event', n.element)
            then true
        when consolidation.is_written_as(n.element ->> 'timestamp', o."timestamp") then false
        else public.from_iso8601(n.element ->> 'timestamp') is distinct from o."timestamp"
    end;

    -- This stands in for the place, which is not compared here: one old row would equal both of two
    -- elements.
    return query
    select e.trace_id
    from consolidation.carried_back as b
    inner join consolidation.event_row as e on e.trace_id = b.trace_id
    where
        b.trace_id between lo and hi
        and e.trace_id between lo and hi
        and (ids is null or b.trace_id = any (ids))
    group by e.trace_id, e.event_id
    having count(*) > 1;
end;
$$;
comment on function consolidation.unequal_events(bigint, bigint, bigint []) is
'Runs from lo to hi, of ids if not null, in which an event differs. While nobody wrote to its
document, its place counts as well, and so do keys that consolidate() does not give it';

create function consolidation.unequal_screenshots(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            x.*,
            row_number() over (
                partition by x.trace_id, x.step_number order by x.created_at, x.screenshot_id
            ) as place
        from (
            -- By its key: a join may look at all steps of a run for each of its screenshots.
            select
                p.*,
                (
                    select s.step_number from consolidation.old_step as s
                    where s.trace_id = p.trace_id and s.step_number = p.step_index
                ) as step_number
            from consolidation.old_screenshot as p
            where p.trace_id between lo and hi and (ids is null or p.trace_id = any (ids))
        ) as x
    ) as o
    full join (
        select
            p.*,
            case when p.on_step is null then 'run screenshot' else 'step screenshot' end as kind,
            b.trace_id is not null as is_loose
        from consolidation.screenshot_row as p
        left join consolidation.carried_back as b on b.trace_id = p.trace_id
        where p.trace_id between lo and hi and (ids is null or p.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id and n.screenshot_id = o.screenshot_id
    where case
        when n.trace_id is null then true
        when o.trace_id is null then not n.is_loose or consolidation.fits(n.kind, n.element)
        when
            row(
                o.org_id, o.node_name::text, o.step_index::bigint, o.screenshot_url::text,
                o.thumbnail_url::text, o.action_description::text,
                o.element_selector::text, o.element_found, o.confidence_score::numeric,
                o.node_id /* screenshot: , o.<further> */
            )::record *<> row(
                n.org_id, n.node_name::text, n.step_index::bigint, n.screenshot_url::text,
                n.thumbnail_url::text, n.action_description::text,
                n.element_selector::text, n.element_found, n.confidence_score::numeric,
                n.node_id /* screenshot: , n.<further> */
            )::record
            then true
        when not n.is_loose
            then not n.as_built
            or n.place <> o.place
            or n.on_step_number is distinct from o.step_number
            or not consolidation.is_written_as(n.element ->> 'timestamp', o.created_at)
        -- A name that is too long is shown as ''.
        when
            (
                o.node_name = ''
                or not ((o.screenshot_url, o.created_at, o.node_id, o.step_index) is not null)
            )
            and not consolidation.fits(n.kind, n.element)
            then true
        when consolidation.is_written_as(n.element ->> 'timestamp', o.created_at) then false
        else public.from_iso8601(n.element ->> 'timestamp') is distinct from o.created_at
    end;

    -- This stands in for the place, which is not compared here: one old row would equal both of two
    -- elements.
    return query
    select e.trace_id
    from consolidation.carried_back as b
    inner join consolidation.screenshot_row as e on e.trace_id = b.trace_id
    where
        b.trace_id between lo and hi
        and e.trace_id between lo and hi
        and (ids is null or b.trace_id = any (ids))
    group by e.trace_id, e.screenshot_id
    having count(*) > 1;
end;
$$;
comment on function consolidation.unequal_screenshots(bigint, bigint, bigint []) is
'As unequal_events, for screenshots';

call consolidation.note_deployed('proof/unequal_elements');

commit;
