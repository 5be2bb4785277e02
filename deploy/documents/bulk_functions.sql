-- Deploy workflow_consolidation:documents/bulk_functions to pg
--
-- Why:    a statement on workflow_events writes a document once for each of its events. Retention,
--         or a correction of thousands of events, uses these functions: they write each document
--         once.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('documents/bulk_functions') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.is_event_meant(element jsonb, before timestamptz, matching jsonb)
returns boolean
language sql
stable
parallel safe
return element @> matching and (
    before is null or coalesce(public.from_iso8601(element ->> 'timestamp') < before, false)
);
comment on function public.is_event_meant(jsonb, timestamptz, jsonb) is
'Whether an event contains "matching" and is older than "before" (null: of any time). An event
without a time in ISO 8601 is never older';

create function public.may_be_older_path(before timestamptz)
returns jsonpath
language sql
stable
parallel safe
begin atomic
    -- Times are compared as text: to the second where a document says UTC, else to the day, which
    -- is more than any zone shifts. Years before 1000 and after 9999 sort otherwise as text.
    select case
        when before >= '1000-01-01' and before < '9999-12-01' then format(
            '$[*].timestamp ? (@ < "%s" || @ < "%s" && !(@ like_regex "^.{10}T.*Z$"))',
            to_char(u.moment + interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS'),
            to_char(u.moment + interval '1 day', 'YYYY-MM-DD')
        )::jsonpath
        else '$[*].timestamp ? (@ < "~")'
    end
    from (select before at time zone 'UTC' as moment) as u;
end;
comment on function public.may_be_older_path(timestamptz) is
'A jsonpath on the text of the times. It finds every array in which an event can be older than this,
and a few others: most documents need no further look';

create function public.rewrite_events(before timestamptz, matching jsonb, change jsonb)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    known constant jsonb := jsonb_build_array(matching);
    path constant jsonpath := public.may_be_older_path(before);
    on_steps bigint;
    on_runs bigint;
begin
    if jsonb_typeof(matching) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'what the events contain ("matching") must be an object',
            detail = 'Nothing was changed.',
            hint = 'For example {"type": "debug"}; {} for all events.';
    end if;
    -- The lock returns the latest version of a row, and the query takes that one apart.
    with locked as materialized (
        select s.step_id, s.events
        from public.user_workflow_run_step as s
        where
            jsonb_typeof(s.events) = 'array'
            and (matching = '{}' or s.events @> known)
            and (before is null or jsonb_path_exists(s.events, path, silent => true))
        order by s.step_id
        for update
    ),

    document as materialized (
        select
            m.step_id,
            count(*) filter (where m.meant) as how_many,
            jsonb_agg(
                case when m.meant then m.element || change else m.element end order by m.place
            ) filter (where not m.meant or change is not null) as events
        from (
            select l.step_id, x.element, x.place,
                public.is_event_meant(x.element, before, matching) as meant
            from locked as l
            cross join lateral jsonb_array_elements(l.events) with ordinality as x (element, place)
            offset 0
        ) as m
        group by m.step_id
    ),

    rewritten as (
        update public.user_workflow_run_step as s
        set events = coalesce(d.events, '[]')
        from document as d
        where s.step_id = d.step_id and d.how_many > 0
        returning d.how_many
    )

    select coalesce(sum(w.how_many), 0)::bigint into on_steps from rewritten as w;
    with locked as materialized (
        select r.run_id, r.events
        from public.user_workflow_run as r
        where
            jsonb_typeof(r.events) = 'array'
            and r.events <> '[]'
            and (matching = '{}' or r.events @> known)
            and (before is null or jsonb_path_exists(r.events, path, silent => true))
        order by r.run_id
        for update
    ),

    document as materialized (
        select
            m.run_id,
            count(*) filter (where m.meant) as how_many,
            jsonb_agg(
                case when m.meant then m.element || change else m.element end order by m.place
            ) filter (where not m.meant or change is not null) as events
        from (
            select l.run_id, x.element, x.place,
                public.is_event_meant(x.element, before, matching) as meant
            from locked as l
            cross join lateral jsonb_array_elements(l.events) with ordinality as x (element, place)
            offset 0
        ) as m
        group by m.run_id
    ),

    rewritten as (
        update public.user_workflow_run as r
        set events = coalesce(d.events, '[]')
        from document as d
        where r.run_id = d.run_id and d.how_many > 0
        returning d.how_many
    )

    select coalesce(sum(w.how_many), 0)::bigint into on_runs from rewritten as w;
    return on_steps + on_runs;
end;
$$;
comment on function public.rewrite_events(timestamptz, jsonb, jsonb) is
'Changes the events that is_event_meant() selects, in all steps and runs that the session sees.
Removes them where change is null, else sets the keys of change in them. Returns how many. Raises
22023 if matching is no object';

create function public.remove_events(
    before timestamptz default null, matching jsonb default '{}'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if before is null and coalesce(matching, '{}') = '{}' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'remove_events: neither a time nor what the events contain is given',
            detail = 'Nothing was changed.',
            hint = 'remove_events(before => ''infinity'') removes all that have a time.';
    end if;
    return public.rewrite_events(before, matching, null::jsonb);
end;
$$;
comment on function public.remove_events(timestamptz, jsonb) is
'Removes the events that are older than "before" and contain "matching" from all steps and runs that
the session sees. Returns how many. Writes each document once, however many events. Raises 22023 if
neither is given or matching is no object';

create function public.change_events(
    change jsonb, matching jsonb, before timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        jsonb_typeof(change) is distinct from 'object'
        or change ? 'event_id'
        or (
            change ? 'type'
            and not (
                jsonb_typeof(change -> 'type') = 'string'
                and length(change ->> 'type') between 1 and 100
            )
        )
        or (change ? 'timestamp' and public.from_iso8601(change ->> 'timestamp') is null)
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'change_events: no event can have this change',
            detail = left(change::text, 200),
            hint = 'An object with the keys to set: "type" of 1 to 100 characters, "timestamp" in '
            'ISO 8601, "data", others; no "event_id".';
    end if;
    if change ? 'timestamp' then
        change := change || jsonb_build_object(
            'timestamp', public.to_iso8601(public.from_iso8601(change ->> 'timestamp'))
        );
    end if;
    return public.rewrite_events(before, matching, change);
end;
$$;
comment on function public.change_events(jsonb, jsonb, timestamptz) is
'Sets the keys of "change" in the events that contain "matching" and are older than "before" (null:
of any time), in all steps and runs that the session sees. Returns how many. Writes each document
once. Stores times in UTC. Raises 22023 if change or matching is no object, or an event cannot have
this change';

call consolidation.note_deployed('documents/bulk_functions');

commit;
