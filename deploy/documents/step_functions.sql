-- Deploy workflow_consolidation:documents/step_functions to pg
--
-- Why:    applications append to a step. Each call is one atomic update, so two sessions lose
--         nothing. Appending one by one rewrites the array each time; the batch forms rewrite it
--         once.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('documents/step_functions') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.add_events(step_id uuid, events jsonb)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(events) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_events: events must be an array, not %s',
                coalesce(jsonb_typeof(events), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
                then 'has no "type" that is a string'
            when e.element ->> 'type' = '' then 'has an empty "type"'
            when length(e.element ->> 'type') > 100 then 'has a "type" of more than 100 characters'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(events) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
        or length(e.element ->> 'type') not between 1 and 100
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_events: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'An event is {"type": text, "timestamp": ISO 8601, "data": anything}.';
    end if;
    -- Times are stored in UTC, whatever zone they came with.
    select coalesce(
        jsonb_agg(
            jsonb_build_object('data', '{}'::jsonb) || e.element
            || jsonb_build_object(
                'timestamp', public.to_iso8601(coalesce(m.moment, clock_timestamp()))
            )
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(events) with ordinality as e (element, place)
    cross join lateral (
        select public.from_iso8601(e.element ->> 'timestamp') as moment
    ) as m;
    update public.user_workflow_run_step as s
    set events = coalesce(nullif(s.events, 'null'), '[]') || complete
    where s.step_id = add_events.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_events: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(events);
end;
$$;
comment on function public.add_events(uuid, jsonb) is
'Appends events to a step, in one update; returns how many. Each is an object with "type" (1 to 100
characters), "timestamp" (ISO 8601, stored in UTC, default now) and "data" (default {}); further
keys are kept. Raises 22023 and names the first element that is no such object, P0002 if the session
sees no such step';

create function public.add_event(
    step_id uuid, type text, data jsonb default '{}', "timestamp" timestamptz default null
)
returns integer
language sql
volatile
begin atomic
    select public.add_events(
        add_event.step_id,
        jsonb_build_array(
            jsonb_build_object(
                'type', add_event.type,
                'timestamp',
                public.to_iso8601(coalesce(add_event."timestamp", clock_timestamp())),
                'data', coalesce(add_event.data, '{}')
            )
        )
    );
end;
comment on function public.add_event(uuid, text, jsonb, timestamptz) is
'Appends one event to a step; timestamp: default now. For many at once use add_events, which raises
the same errors';

create function public.add_screenshots(step_id uuid, screenshots jsonb)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(screenshots) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_screenshots: screenshots must be an array, not %s',
                coalesce(jsonb_typeof(screenshots), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
                then 'has no "url" that is a string'
            when e.element ->> 'url' = '' then 'has an empty "url"'
            when jsonb_typeof(e.element -> 'confidence') not in ('number', 'null')
                then 'has a "confidence" that is no number'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(screenshots) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
        or e.element ->> 'url' = ''
        or jsonb_typeof(e.element -> 'confidence') not in ('number', 'null')
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_screenshots: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'A screenshot is {"url": text, "timestamp": ISO 8601, "action": text, ...}.';
    end if;
    -- Times are stored in UTC, whatever zone they came with.
    select coalesce(
        jsonb_agg(
            e.element
            || jsonb_build_object(
                'timestamp', public.to_iso8601(coalesce(m.moment, clock_timestamp()))
            )
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(screenshots) with ordinality as e (element, place)
    cross join lateral (
        select public.from_iso8601(e.element ->> 'timestamp') as moment
    ) as m;
    update public.user_workflow_run_step as s
    set screenshots = coalesce(nullif(s.screenshots, 'null'), '[]') || complete
    where s.step_id = add_screenshots.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_screenshots: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(screenshots);
end;
$$;
comment on function public.add_screenshots(uuid, jsonb) is
'Appends screenshots to a step, in one update; returns how many. Each is an object with "url" and
"timestamp" (ISO 8601, stored in UTC, default now); "confidence" is a number or null; further keys
are kept. Raises 22023 and names the first element that is no such object, P0002 if the session sees
no such step';

-- Drivers send floats as double precision, which has no implicit cast to numeric; a numeric has one
-- to double precision. JSON gets the shortest digits that are the same float, so 0.95 is 0.95,
-- whatever extra_float_digits the session has. NaN and infinity become strings, which
-- add_screenshots refuses.
create function public.add_screenshot(
    step_id uuid,
    url text,
    action text default null,
    selector text default null,
    thumbnail_url text default null,
    element_found boolean default null,
    confidence double precision default null,
    "timestamp" timestamptz default null
)
returns integer
language sql
volatile
set extra_float_digits = 1
begin atomic
    select public.add_screenshots(
        add_screenshot.step_id,
        jsonb_build_array(
            jsonb_build_object(
                'url', add_screenshot.url,
                'thumbnail_url', add_screenshot.thumbnail_url,
                'timestamp',
                public.to_iso8601(coalesce(add_screenshot."timestamp", clock_timestamp())),
                'action', add_screenshot.action,
                'selector', add_screenshot.selector,
                'element_found', add_screenshot.element_found,
                'confidence', add_screenshot.confidence
            )
        )
    );
end;
comment on function public.add_screenshot(
    uuid, text, text, text, text, boolean, double precision, timestamptz
) is
'Appends one screenshot to a step; timestamp: default now. confidence: 0 to 1. Errors as
add_screenshots';

call consolidation.note_deployed('documents/step_functions');

commit;
