-- Deploy workflow_consolidation:mapping/keys to pg
--
-- Why:    both directions of the mapping compute these: run_id and step_id from the old ids, ids
--         for elements that have none, and values of elements, which are read without an error.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/keys') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

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

-- The views of the old names call these for each element. They are not in SQL, so that the planner
-- does not unfold them into every query: that took longer than the query. A search path of its own
-- would cost as much as a function does. Those without one name the schema of each function and
-- operator.
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
'The id that the old names show for an element that has none: negative, computed from the key of its
row and its position. Stable while no element before it is removed';

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
'The screenshot_id that the old names show for a screenshot that has none: a UUID version 8';

create function consolidation.to_bigint(element jsonb)
returns bigint
language plpgsql
immutable
parallel safe
as $$
begin
    return case
        when
            pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'number'
            and element::numeric operator(pg_catalog.>=) '-9223372036854775808'::numeric
            and element::numeric operator(pg_catalog.<=) '9223372036854775807'::numeric
            and element::numeric operator(pg_catalog.=) pg_catalog.trunc(element::numeric)
            then element::bigint
    end;
end;
$$;
comment on function consolidation.to_bigint(jsonb) is
'A JSON number as bigint; null for anything else, and for a number that is no integer of that
range';

create function consolidation.to_uuid(element jsonb)
returns uuid
language plpgsql
immutable
parallel safe
as $$
declare
    document constant pg_catalog.text := element operator(pg_catalog.#>>) '{}';
begin
    return case
        when
            document operator(pg_catalog.~~) '________-____-____-____-____________'
            and pg_catalog.translate(document, '0123456789abcdefABCDEF', '')
            operator(pg_catalog.=) '----'
            and pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'string'
            then document::pg_catalog.uuid
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
        when
            pg_catalog.jsonb_typeof(element) operator(pg_catalog.=) 'number'
            and pg_catalog.abs(element::numeric) operator(pg_catalog.<) 9.995::numeric
            then element::numeric
        when element operator(pg_catalog.=) '"NaN"'::pg_catalog.jsonb then 'NaN'::numeric
    end;
end;
$$;
comment on function consolidation.to_score(jsonb) is
'A confidence as numeric that numeric(3,2) can hold. "NaN" is also one, and JSON has it only as
text';

create function consolidation.to_key(key text, value anyelement)
returns jsonb
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A cast to text would write a time as the session has it set.
    return jsonb_build_object(
        key,
        case
            when pg_typeof(value) = 'timestamptz'::regtype
                then to_jsonb(public.to_iso8601(public.from_iso8601(to_jsonb(value) #>> '{}')))
            -- In an array: the null of JSON is another value than none.
            when pg_typeof(value) = 'jsonb'::regtype and value is not null
                then jsonb_build_array(value)
            else to_jsonb(value)
        end
    );
end;
$$;
comment on function consolidation.to_key(text, anyelement) is
'An object with this key: the value of a further column as an element has it';

create function consolidation.from_key(content jsonb, kind anyelement)
returns anyelement
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    value kind%type;
begin
    value := case
        when content = 'null' then null
        when pg_typeof(kind) = 'timestamptz'::regtype
            then to_jsonb(public.from_iso8601(content #>> '{}')) #>> '{}'
        when pg_typeof(kind) = 'jsonb'::regtype
            then case
                -- First, as the planner computes what follows where it can.
                when jsonb_typeof(content) <> 'array' then null
                when jsonb_array_length(content) = 1 then (content -> 0)::text
            end
        else content #>> '{}'
    end;
    return value;
exception
    -- An application wrote something else.
    when data_exception or integrity_constraint_violation then
        return null;
end;
$$;
comment on function consolidation.from_key(jsonb, anyelement) is
'The value of a further column, read from an element; null if it is none of that type. kind: any
value of the type';

call consolidation.note_deployed('mapping/keys');

commit;
