-- to_iso8601 and from_iso8601: how documents write and read timestamps.

begin;
select plan(49);

select volatility_is(
    'public', f.name, array[f.argument]::name [], 'stable', format('%s is stable', f.name)
)
from (
    values
    ('to_iso8601'::name, 'timestamp with time zone'), ('from_iso8601', 'text')
) as f (name, argument);

-- Writing -----------------------------------------------------------------------------------------

select is(public.to_iso8601(m.moment), m.document, m.rule)
from (
    values
    (
        '2025-01-14 10:30:00+00'::timestamptz, '2025-01-14T10:30:00Z',
        'a full second is written without a fraction'
    ),
    ('2025-01-14 10:30:00.123456+00', '2025-01-14T10:30:00.123456Z', 'microseconds are written'),
    ('2025-01-14 10:30:00.000001+00', '2025-01-14T10:30:00.000001Z', 'one microsecond is written'),
    (
        '2025-01-14 10:30:00.5+00', '2025-01-14T10:30:00.5Z',
        'a fraction is as long as it needs to be'
    ),
    ('2025-01-14 10:30:00+05:30', '2025-01-14T05:00:00Z', 'another zone is written in UTC'),
    ('2025-01-01 00:00:00+14', '2024-12-31T10:00:00Z', 'UTC may be in another year'),
    ('0001-01-01 00:00:00+00', '0001-01-01T00:00:00Z', 'years have four digits'),
    ('0001-12-31 23:59:59+00 BC', '0001-12-31T23:59:59Z BC', 'the year before 1 is 1 BC'),
    ('0044-03-15 12:00:00+00 BC', '0044-03-15T12:00:00Z BC', 'years before 1 end in BC'),
    (
        '10000-01-01 00:00:00+00', '10000-01-01T00:00:00Z',
        'years from 10000 have as many as they need'
    ),
    (
        '294276-12-31 23:59:59.999999+00', '294276-12-31T23:59:59.999999Z',
        'the last timestamp is written'
    ),
    ('4714-11-24 00:00:00+00 BC', '4714-11-24T00:00:00Z BC', 'the first timestamp is written'),
    ('infinity', 'infinity', 'infinity is written as PostgreSQL does'),
    ('-infinity', '-infinity', 'minus infinity is written as PostgreSQL does'),
    (null, null, 'no timestamp gives none')
) as m (moment, document, rule);

-- Reading -----------------------------------------------------------------------------------------

create function pg_temp.reading(document text)
returns text
language plpgsql
as $$
begin
    return public.from_iso8601(document)::text;
exception when others then
    return 'error ' || sqlstate;
end;
$$;
select is(pg_temp.reading(m.document), m.moment::timestamptz::text, m.rule)
from (
    values
    ('2025-01-14T10:30:00Z', '2025-01-14 10:30:00+00', 'Z is UTC'),
    ('2025-01-14T10:30:00', '2025-01-14 10:30:00+00', 'no zone means UTC'),
    ('2025-01-14 10:30:00', '2025-01-14 10:30:00+00', 'a space may stand for the T'),
    ('2025-01-14t10:30:00z', '2025-01-14 10:30:00+00', 'T and Z may be small'),
    ('2025-01-14T10:30:00+02:00', '2025-01-14 08:30:00+00', 'an offset is applied'),
    ('2025-01-14T10:30:00-0230', '2025-01-14 13:00:00+00', 'an offset needs no colon'),
    ('2025-01-14T10:30:00+02', '2025-01-14 08:30:00+00', 'an offset needs no minutes'),
    ('2025-01-14T10:30:00+00:00', '2025-01-14 10:30:00+00', 'an offset of zero is UTC'),
    ('2025-01-14T10:30:00.123456Z', '2025-01-14 10:30:00.123456+00', 'microseconds are read'),
    ('2025-01-14T10:30:00.1Z', '2025-01-14 10:30:00.1+00', 'a short fraction is read'),
    (
        '2025-01-14T10:30:00.123456789Z', '2025-01-14 10:30:00.123457+00',
        'nanoseconds are rounded to microseconds'
    ),
    ('2024-02-29T00:00:00Z', '2024-02-29 00:00:00+00', 'a leap day is one'),
    ('2000-02-29T00:00:00Z', '2000-02-29 00:00:00+00', 'so it is every 400 years'),
    ('0044-03-15T12:00:00Z BC', '0044-03-15 12:00:00+00 BC', 'BC is read after the zone'),
    ('0005-02-29T12:00:00Z BC', '0005-02-29 12:00:00+00 BC', '5 BC is a leap year'),
    (
        '294276-12-31T23:59:59.999999Z', '294276-12-31 23:59:59.999999+00',
        'the last timestamp is read'
    ),
    ('4714-11-24T00:00:00Z BC', '4714-11-24 00:00:00+00 BC', 'the first timestamp is read'),
    ('4714-11-30T00:00:00Z BC', '4714-11-30 00:00:00+00 BC', 'the days after the first are read'),
    ('2025-01-31T10:30:00Z', '2025-01-31 10:30:00+00', 'the last day of a month is read'),
    ('infinity', 'infinity', 'infinity is read'),
    ('-infinity', '-infinity', 'minus infinity is read'),
    (null, null, 'no text gives no timestamp')
) as m (document, moment, rule);

-- Garbage -----------------------------------------------------------------------------------------

create temporary table garbage (document text);
insert into garbage (document)
values
(''), (' '), ('now'), ('today'), ('yesterday'), ('tomorrow'), ('epoch'), ('null'), ('2025'),
('2025-01'), ('1736850600'), ('1736850600.5'), ('14.01.2025 10:30:00'), ('01/14/2025 10:30:00'),
('Tue Jan 14 10:30:00 2025'), ('2025-13-01T00:00:00Z'), ('2025-00-10T00:00:00Z'),
('2025-01-00T00:00:00Z'), ('2025-01-32T00:00:00Z'), ('2025-02-29T00:00:00Z'),
('2025-02-30T00:00:00Z'), ('2025-04-31T00:00:00Z'), ('1900-02-29T00:00:00Z'),
('2100-02-29T00:00:00Z'), ('0004-02-29T00:00:00Z BC'), ('0000-01-01T00:00:00Z'),
('0000-01-01T00:00:00Z BC'), ('2025-01-14T25:00:00Z'), ('2025-01-14T10:60:00Z'),
('2025-01-14T10:30:61Z'), ('2025-01-14T10:30:00.Z'), ('2025-01-14T10:30:00+99:00'),
('2025-01-14T10:30:00+02:60'), ('2025-01-14T10:30:00 Europe/Berlin'), ('2025-01-14T10:30:00ZZ'),
('2025-01-14T10:30:00Z AD BC'), ('2025-01-14T10:30:00Z '), (' 2025-01-14T10:30:00Z'),
(E'2025-01-14T10:30:00Z\n'), (E'2025-01-14T10:30:00Z\n2025-01-14T10:30:00Z'),
('2025-01-14T10:30:00Z; drop table x'), ('294277-01-01T00:00:00Z'), ('999999-12-31T23:59:59Z'),
('9999999-12-31T23:59:59Z'), ('294276-12-31T23:59:59-14:00'), ('4714-11-23T23:59:59Z BC'),
('4714-11-24T00:00:00+14:00 BC'), ('4715-01-01T00:00:00Z BC'), ('-2025-01-14T10:30:00Z'),
('+2025-01-14T10:30:00Z'), ('infinite'), ('Infinity '), ('--infinity'),
('２０２５-01-14T10:30:00Z'), ('٢٠٢٥-01-14T10:30:00Z'), ('2025–01–14T10:30:00Z'),
(repeat('2025-01-14T10:30:00Z', 1000)), (repeat('9', 10000)), (E'\u0001'), ('🕥');

select cmp_ok(
    (select count(*)::integer from garbage), '>=', 40, 'there is enough garbage to try'
);
select lives_ok(
    'select public.from_iso8601(g.document) from garbage as g',
    'reading garbage never raises'
);
select is_empty(
    'select g.document from garbage as g where public.from_iso8601(g.document) is not null',
    'garbage is no timestamp'
);
select is_empty(
    $$
    select m.document, pg_temp.reading(m.document)
    from (
        select distinct
            substr(v.document, 1, n) || a.added || substr(v.document, n + s.skipped) as document
        from (
            values
            ('2025-01-31T10:30:00.123456Z'), ('2024-02-29T23:59:59+14:00'),
            ('0044-03-15T12:00:00Z BC'), ('294276-12-31T23:59:59.9999999Z'),
            ('4714-11-24T00:00:00Z BC'), ('infinity')
        ) as v (document)
        cross join generate_series(0, 30) as n
        cross join generate_series(1, 3) as s (skipped)
        cross join unnest(
            array['', '0', '4', '9', ':', '-', '+', '.', ' ', 'Z', 'T', 'B', 'x', '29', '31', '99']
        ) as a (added)
    ) as m
    where pg_temp.reading(m.document) like 'error %'
    $$,
    'reading a timestamp with any one thing wrong never raises'
);
set local timezone = 'Pacific/Kiritimati';
set local datestyle = 'SQL, DMY';
select is_empty(
    'select g.document from garbage as g where public.from_iso8601(g.document) is not null',
    'garbage is no timestamp under other settings either'
);
reset timezone;
reset datestyle;

-- Round trip --------------------------------------------------------------------------------------

-- First and last microsecond of each month, and leap days, of years that matter, in both eras; and
-- moments all over the range.
create temporary table moment as
select m.moment
from (
    select (d.first_day + o.distance) as moment
    from (
        select make_timestamptz(y.number * e.era, n.month, 1, 0, 0, 0, 'UTC') as first_day
        from unnest(
            array[
                1, 2, 3, 4, 5, 8, 9, 44, 99, 100, 101, 400, 401, 753, 1000, 1582, 1600, 1601, 1700,
                1899, 1900, 1969, 1970, 1999, 2000, 2024, 2025, 2038, 2100, 4000, 4713
            ]
        ) as y (number)
        cross join (values (1), (-1)) as e (era)
        cross join generate_series(1, 12) as n (month)
    ) as d
    cross join (
        values
        (interval '0'), (interval '-1 microsecond'), (interval '1 microsecond'),
        (interval '-1 second'), (interval '-1 day'), (interval '12 hours 34 minutes 56.7 seconds')
    ) as o (distance)
    union all
    select make_timestamptz(y.number, n.month, 28, 23, 59, 59.999999, 'UTC')
    from unnest(array[5000, 9999, 10000, 12345, 99999, 100000, 294275]) as y (number)
    cross join generate_series(1, 12) as n (month)
    union all
    select timestamptz '4714-11-24 00:00:00+00 BC' + n * interval '54321 days 12345.678901 seconds'
    from generate_series(0, 2000) as n
) as m;

select cmp_ok((select count(*)::integer from moment), '>', 5000, 'there are moments enough to try');
select is_empty(
    $$
    select m.moment, public.to_iso8601(m.moment) from moment as m
    where public.from_iso8601(public.to_iso8601(m.moment)) is distinct from m.moment
    $$,
    'what is written reads back as the same moment'
);
select is_empty(
    $$
    select m.moment, public.to_iso8601(m.moment) from moment as m
    where
        public.to_iso8601(m.moment)
        !~ '^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z( BC)?$'
    $$,
    'what is written is ISO 8601 in UTC'
);

-- Settings of the session -------------------------------------------------------------------------

create function pg_temp.settings_that_matter()
returns text []
language plpgsql
as $$
declare
    zone text;
    style text;
    matter text [] := '{}';
    correct boolean;
begin
    for zone in
        select z.name from pg_timezone_names as z
        union all
        select '+05:30'
        union all
        select '<+03>-03'
    loop
        perform set_config('timezone', zone, true);
        foreach style in array array['ISO, MDY', 'German, DMY', 'SQL, MDY', 'SQL, DMY',
        'Postgres, DMY']
        loop
            continue when style <> 'ISO, MDY' and zone !~ '^(UTC$|\+|<|Asia/K)';
            perform set_config('datestyle', style, true);
            select bool_and(
                public.to_iso8601(to_timestamp(v.epoch)) = v.document
                and public.from_iso8601(v.document) = to_timestamp(v.epoch)
            )
            into correct
            from (
                values
                -- 2025-01-14, 2025-07-01, and the hours in which clocks change.
                (1736850600.5::double precision, '2025-01-14T10:30:00.5Z'),
                (1751364000, '2025-07-01T10:00:00Z'),
                (1743296400, '2025-03-30T01:00:00Z'),
                (1761440400, '2025-10-26T01:00:00Z'),
                (-62135596800, '0001-01-01T00:00:00Z'),
                (-62135596801, '0001-12-31T23:59:59Z BC')
            ) as v (epoch, document);
            if not correct then
                matter := matter || format('%s, %s', zone, style);
            end if;
        end loop;
    end loop;
    perform set_config('timezone', 'UTC', true);
    perform set_config('datestyle', 'ISO, MDY', true);
    return matter;
end;
$$;
select is(
    pg_temp.settings_that_matter(), '{}'::text [],
    'no TimeZone and no DateStyle of the session changes what is written or read'
);
set local extra_float_digits = 0;
set local intervalstyle = 'iso_8601';
select is(
    public.to_iso8601('2025-01-14 10:30:00.123456+00'), '2025-01-14T10:30:00.123456Z',
    'no other setting of the session changes it either'
);

select * from finish();
rollback;
