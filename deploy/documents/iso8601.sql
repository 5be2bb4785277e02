-- Deploy workflow_consolidation:documents/iso8601 to pg
--
-- Why:    documents carry timestamps as text. One function writes them (ISO 8601 in UTC, whatever
--         the session's TimeZone and DateStyle) and one reads them. Reading never raises: new code
--         may have written anything.
-- Locks:  none.
-- Revert: drops the functions.
--
-- to_iso8601 is not strict: a strict function around a case expression is never inlined, and was
-- four times as slow. Null gives null all the same. from_iso8601 is not in SQL, so that the planner
-- does not unfold it. The views of the old names mention it often: unfolded, it made their queries
-- take twice as long to plan as to execute. It names its operator with the schema, since a
-- search_path of its own would cost as much as the rest of the call.

select consolidation.is_deployed('documents/iso8601') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.to_iso8601(moment timestamptz)
returns text
language sql
stable
parallel safe
return
-- to_jsonb is the only built-in form that depends on no setting. It writes "infinity" as is and
-- puts " BC" last. from_iso8601 and PostgreSQL also read " BC" after the zone.
case
    when isfinite(moment)
        then replace((to_jsonb(moment at time zone 'UTC') #>> '{}') || 'Z', ' BCZ', 'Z BC')
    else moment::text
end;
comment on function public.to_iso8601(timestamptz) is
'Writes a timestamp as documents carry it: "2025-01-14T10:30:00.123456Z", up to six decimals,
years before 1 as "0044-03-15T12:00:00Z BC", and "infinity", "-infinity"';

-- Reads every form that the fast path of from_iso8601 does not know: leap days, missing zones,
-- other eras, infinity. It checks the calendar instead of catching an exception: a subtransaction a
-- row would forbid parallel plans.
create function public.from_iso8601_other(document text)
returns timestamptz
language sql
stable
strict
parallel safe
begin atomic
    select case
        when document in ('infinity', '-infinity') then document::timestamptz
        when
            p.part is null
            then null
        when
            -- The range of timestamptz, less the edges that an offset or rounding could cross.
            p.part[1]::integer
            not between 1 and case when p.part[6] is null then 294276 else 4714 end
            or (
                p.part[1]::integer in (294276, 4714)
                and (p.part[5] not in ('', 'Z', 'z') or length(p.part[4]) > 15)
            )
            or (
                p.part[1]::integer = 4714 and p.part[6] is not null
                and p.part[2] || p.part[3] < '1124'
            )
            then null
        when
            -- Leap years repeat every 400 years, also before year 1, which follows 1 BC.
            p.part[3]::integer > 28
            and extract(
                month from make_date(
                    2000 + mod(
                        case
                            when p.part[6] is null then p.part[1]::integer
                            else 4801 - p.part[1]::integer
                        end,
                        400
                    ),
                    p.part[2]::integer, 1
                ) + (p.part[3]::integer - 1)
            ) <> p.part[2]::integer
            then null
        else concat(
            p.part[1], '-', p.part[2], '-', p.part[3], ' ', p.part[4],
            coalesce(nullif(p.part[5], ''), 'Z'), p.part[6]
        )::timestamptz
    end
    from (
        select regexp_match(
            document,
            '^(\d{4,6})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]'
            || '((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)'
            || '(|[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)( BC)?$'
        ) as part
        -- Offset 0: matched once, not once for each mention of a part.
        offset 0
    ) as p;
end;
comment on function public.from_iso8601_other(text) is
'Reads the rarer forms for from_iso8601; call that function instead';

create function public.from_iso8601(document text)
returns timestamptz
language plpgsql
stable
strict
parallel safe
as $$
begin
    return case
        when
            document operator(pg_catalog.~)
            '^[1-9][0-9][0-9][0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])'
            '|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
            'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?'
            '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$'
            then document::pg_catalog.timestamptz
        else public.from_iso8601_other(document)
    end;
end;
$$;
comment on function public.from_iso8601(text) is
'Reads a timestamp of a document: ISO 8601, a missing zone means UTC, also "... BC", "infinity" and
"-infinity". Returns null for anything else, and never raises';

call consolidation.note_deployed('documents/iso8601');

commit;
