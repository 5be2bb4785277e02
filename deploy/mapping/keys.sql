-- Deploy workflow_consolidation:mapping/keys to pg
--
-- Why:    the pieces of the mapping that both directions share: keys computed from the old ids,
--         and what an old row looks like as an element of a document.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/keys') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create function consolidation.run_id(trace_id bigint)
returns uuid
language sql
immutable
parallel safe
return (
    -- The sign bit is flipped so that the hexadecimal digits sort like the ids.
    overlay(
        overlay(
            lpad(to_hex(trace_id # '-9223372036854775808'::bigint), 16, '0')
            placing '8' from 13 for 0
        )
        placing '8' from 17 for 0
    )
    || '77662d72756e00'
)::uuid;
comment on function consolidation.run_id(bigint) is
'run_id of a carried-over trace_id: a UUID version 8, one-to-one, growing with the id';

create function consolidation.step_id(step_id bigint)
returns uuid
language sql
immutable
parallel safe
return (
    overlay(
        overlay(
            lpad(to_hex(step_id # '-9223372036854775808'::bigint), 16, '0')
            placing '8' from 13 for 0
        )
        placing '8' from 17 for 0
    )
    || '77662d73746570'
)::uuid;
comment on function consolidation.step_id(bigint) is
'step_id of a carried-over workflow_steps.step_id: a UUID version 8, one-to-one, growing with it';

-- What the views of the old names ask of each element is not in SQL, so that the planner does not
-- unfold it into every query: that took longer than the query. Such a function may name nothing of
-- this schema: applications may not, and only what is in SQL is bound when it is created.
create function consolidation.synthetic_id(owner uuid, place text)
returns bigint
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        ('x' || left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 16))
        ::bit(64)
        | ('x8000000000000000')::bit(64)
    )::bigint;
end;
$$;
comment on function consolidation.synthetic_id(uuid, text) is
'The id the old names show for an element that has none: negative, from the key of its row and its
position. Stable as long as no element before it is removed';

create function consolidation.synthetic_uuid(owner uuid, place text)
returns uuid
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return overlay(
        overlay(
            left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 32)
            placing '8' from 13 for 1
        )
        placing '8' from 17 for 1
    )::uuid;
end;
$$;
comment on function consolidation.synthetic_uuid(uuid, text) is
'The screenshot_id the old names show for a screenshot that has none: a UUID version 8';

create function consolidation.to_bigint(element jsonb)
returns bigint
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when
            jsonb_typeof(element) = 'number'
            and element::numeric between -9223372036854775808 and 9223372036854775807
            and element::numeric = trunc(element::numeric)
            then element::bigint
    end;
end;
$$;
comment on function consolidation.to_bigint(jsonb) is
'A JSON number as bigint; null for anything that is none, or no integer of that range';

create function consolidation.to_uuid(element jsonb)
returns uuid
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when
            jsonb_typeof(element) = 'string'
            and element #>> '{}' like '________-____-____-____-____________'
            and translate(element #>> '{}', '0123456789abcdefABCDEF', '') = '----'
            then (element #>> '{}')::uuid
    end;
end;
$$;
comment on function consolidation.to_uuid(jsonb) is 'A JSON string as uuid; null if it is none';

create function consolidation.to_score(element jsonb)
returns numeric
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when jsonb_typeof(element) = 'number' and abs(element::numeric) < 9.995
            then element::numeric
        when element = '"NaN"' then 'NaN'::numeric
    end;
end;
$$;
comment on function consolidation.to_score(jsonb) is
'A confidence as numeric that numeric(3,2) can hold; "NaN" is one, which JSON has only as text';

-- Elements are built as rows: to_jsonb makes an array of rows in one go, in about half the time
-- that jsonb_agg takes for as many objects. Their attributes are the keys.
create type consolidation.event_object as (
    type text,
    "timestamp" text,
    data jsonb,
    event_id bigint
);
comment on type consolidation.event_object is 'An element of events';

create function consolidation.event_object(
    event_id bigint, event_type text, event_data jsonb, moment timestamptz
)
returns consolidation.event_object
language sql
stable
parallel safe
return row(event_type, public.to_iso8601(moment), event_data, event_id)::consolidation.event_object;
comment on function consolidation.event_object(bigint, text, jsonb, timestamptz) is
'A row of workflow_events as an element of events, to be made one with to_jsonb';

create function consolidation.event_element(
    event_id bigint, event_type text, event_data jsonb, moment timestamptz
)
returns jsonb
language sql
stable
parallel safe
return to_jsonb(consolidation.event_object(event_id, event_type, event_data, moment));
comment on function consolidation.event_element(bigint, text, jsonb, timestamptz) is
'A row of workflow_events as an element of events';

create type consolidation.screenshot_object as (
    url text,
    thumbnail_url text,
    "timestamp" text,
    action text,
    selector text,
    element_found boolean,
    confidence numeric,
    screenshot_id uuid,
    org_id uuid,
    node_id uuid,
    node_name text,
    step_index integer
);
comment on type consolidation.screenshot_object is 'An element of screenshots';

create function consolidation.screenshot_object(
    screenshot_id uuid,
    org_id uuid,
    node_name text,
    step_index integer,
    screenshot_url text,
    thumbnail_url text,
    action_description text,
    element_selector text,
    element_found boolean,
    confidence_score numeric,
    created_at timestamptz,
    node_id uuid
)
returns consolidation.screenshot_object
language sql
stable
parallel safe
return row(
    screenshot_url,
    thumbnail_url,
    public.to_iso8601(created_at),
    action_description,
    element_selector,
    element_found,
    confidence_score,
    screenshot_id,
    org_id,
    node_id,
    node_name,
    step_index
)::consolidation.screenshot_object;
comment on function consolidation.screenshot_object(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz, uuid
) is
'A row of workflow_trace_screenshot as an element of screenshots, to be made one with to_jsonb';

create function consolidation.screenshot_element(
    screenshot_id uuid,
    org_id uuid,
    node_name text,
    step_index integer,
    screenshot_url text,
    thumbnail_url text,
    action_description text,
    element_selector text,
    element_found boolean,
    confidence_score numeric,
    created_at timestamptz,
    node_id uuid
)
returns jsonb
language sql
stable
parallel safe
return to_jsonb(
    consolidation.screenshot_object(
        screenshot_id, org_id, node_name, step_index, screenshot_url, thumbnail_url,
        action_description, element_selector, element_found, confidence_score, created_at, node_id
    )
);
comment on function consolidation.screenshot_element(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz, uuid
) is
'A row of workflow_trace_screenshot as an element of screenshots';

create function consolidation.context_origin(
    context_id bigint, created_at timestamptz, updated_at timestamptz
)
returns jsonb
language sql
stable
parallel safe
return jsonb_build_object(
    'context_id', context_id,
    'created_at', public.to_iso8601(created_at),
    'updated_at', public.to_iso8601(updated_at)
);
comment on function consolidation.context_origin(bigint, timestamptz, timestamptz) is
'What user_workflow_run.legacy keeps of a row of workflow_trace_context besides key and value';

create function consolidation.event_key(element jsonb, owner uuid, place bigint)
returns bigint
language sql
immutable
parallel safe
return coalesce(
    consolidation.to_bigint(element -> 'event_id'),
    consolidation.synthetic_id(owner, place::text)
);
comment on function consolidation.event_key(jsonb, uuid, bigint) is
'event_id the old name shows for an element of events. owner: run_id or step_id of its row; place:
position in the array, from 1';

create function consolidation.screenshot_key(element jsonb, owner uuid, place bigint)
returns uuid
language sql
immutable
parallel safe
return coalesce(
    consolidation.to_uuid(element -> 'screenshot_id'),
    consolidation.synthetic_uuid(owner, place::text)
);
comment on function consolidation.screenshot_key(jsonb, uuid, bigint) is
'screenshot_id the old name shows for an element of screenshots; parameters as of event_key';

create function consolidation.fits_event(element jsonb)
returns boolean
language sql
stable
parallel safe
return
coalesce(length(element ->> 'type') <= 100, false)
and public.from_iso8601(element ->> 'timestamp') is not null;
comment on function consolidation.fits_event(jsonb) is
'Whether workflow_events can hold the element: it has a type of at most 100 characters and a time';

create function consolidation.fits_screenshot(element jsonb, on_step boolean)
returns boolean
language sql
stable
parallel safe
return
element ->> 'url' is not null
and public.from_iso8601(element ->> 'timestamp') is not null
and coalesce(length(element ->> 'node_name') <= 255, true)
and (
    on_step
    or (
        consolidation.to_uuid(element -> 'node_id') is not null
        and coalesce(
            consolidation.to_bigint(element -> 'step_index') between -2147483648 and 2147483647,
            false
        )
    )
);
comment on function consolidation.fits_screenshot(jsonb, boolean) is
'Whether workflow_trace_screenshot can hold the element: it has an url and a time and, if it is on
no step, a node_id and a step_index of its own';

insert into consolidation.deployed_change (change) values ('mapping/keys');

commit;
