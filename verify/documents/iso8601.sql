-- Verify workflow_consolidation:documents/iso8601 on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

set local timezone = 'Asia/Kolkata';
set local datestyle = 'german';

select consolidation.claim_none(
    'a timestamp is written as ISO 8601 in UTC and read back unchanged',
    array(
        select v.document
        from (
            values
            ('2025-01-14 10:30:00.123456+00'::timestamptz, '2025-01-14T10:30:00.123456Z'),
            ('29.02.2024 23:59:59+00', '2024-02-29T23:59:59Z'),
            ('0044-03-15 12:00:00+00 BC', '0044-03-15T12:00:00Z BC'),
            ('infinity', 'infinity'),
            ('-infinity', '-infinity')
        ) as v (moment, document)
        where
            public.to_iso8601(v.moment) is distinct from v.document
            or public.from_iso8601(v.document) is distinct from v.moment
    )
);

select consolidation.claim(
    'from_iso8601() returns null for a day that does not exist',
    public.from_iso8601('2025-02-30T00:00:00Z') is null
);

rollback;
