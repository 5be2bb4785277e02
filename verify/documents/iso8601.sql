-- Verify workflow_consolidation:documents/iso8601 on pg

begin;

set local timezone = 'Asia/Kolkata';
set local datestyle = 'german';

select 1 / (case when count(*) = 0 then 1 else 0 end) as written_and_read_back
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
    or public.from_iso8601(v.document) is distinct from v.moment;

select 1 / (case when public.from_iso8601('2025-02-30T00:00:00Z') is null then 1 else 0 end)
    as no_such_day;

rollback;
