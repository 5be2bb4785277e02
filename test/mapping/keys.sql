-- The pieces of the mapping that both directions share.

begin;
select plan(80);

-- Ids around everything where digits, signs or ranges change.
create temporary table old_id as
select distinct i.id
from (
    select b.bound + n as id
    from (
        values
        (0::bigint), (1::bigint << 8), (1::bigint << 16), (1::bigint << 31), (1::bigint << 32),
        (1::bigint << 48), (1::bigint << 52), (1::bigint << 60), (-(1::bigint << 31)),
        (-(1::bigint << 32)), (-(1::bigint << 48)), (8000000000000)
    ) as b (bound)
    cross join generate_series(-300, 300) as n
    union all
    select 9223372036854775807 - n from generate_series(0, 300) as n
    union all
    select -9223372036854775808 + n from generate_series(0, 300) as n
    union all
    select n * 922337203685477 from generate_series(-10000, 10000) as n
) as i (id);

-- run_id and step_id ------------------------------------------------------------------------------

select cmp_ok((select count(*)::integer from old_id), '>', 20000, 'there are ids enough to try');
select is(
    (select count(distinct consolidation.run_id(i.id)) from old_id as i),
    (select count(*) from old_id),
    'every trace_id has a run_id of its own'
);
select is(
    (select count(distinct consolidation.step_id(i.id)) from old_id as i),
    (select count(*) from old_id),
    'every step_id has a new step_id of its own'
);
select is_empty(
    $$
    select from (
        select
            consolidation.run_id(i.id) as new_id,
            lag(consolidation.run_id(i.id)) over (order by i.id) as before
        from old_id as i
    ) as o
    where o.new_id <= o.before
    $$,
    'run_id grows with trace_id'
);
select is_empty(
    $$
    select from (
        select
            consolidation.step_id(i.id) as new_id,
            lag(consolidation.step_id(i.id)) over (order by i.id) as before
        from old_id as i
    ) as o
    where o.new_id <= o.before
    $$,
    'the new step_id grows with the old one'
);
select is_empty(
    $$
    select i.id from old_id as i
    cross join lateral (
        values (consolidation.run_id(i.id)), (consolidation.step_id(i.id))
    ) as u (new_id)
    where u.new_id::text !~ '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    $$,
    'both are uuids of version 8 and of the variant of RFC 9562'
);
select is_empty(
    $$
    select from old_id as i
    inner join old_id as j on consolidation.run_id(i.id) = consolidation.step_id(j.id)
    $$,
    'no run_id is a step_id'
);
select is(consolidation.run_id(null), null, 'no trace_id has no run_id');
select is(consolidation.step_id(null), null, 'no old step_id has no new one');
select is_empty(
    $$
    select from public.user_workflow_run as r
    inner join legacy.workflow_trace as t on t.trace_id = r.legacy_trace_id
    where r.run_id <> consolidation.run_id(t.trace_id)
    $$,
    'carried-over runs have the run_id that their trace_id gives'
);

-- Ids of elements that have none ------------------------------------------------------------------

select is_empty(
    $$
    select n from generate_series(1, 2000) as n
    where consolidation.synthetic_id('11111111-0000-4000-8000-00000000b001', n::text) >= 0
    $$,
    'a synthetic id is negative'
);
select is(
    (
        select count(distinct consolidation.synthetic_id(o.owner, n::text))::integer
        from (
            values
            ('11111111-0000-4000-8000-00000000b001'::uuid),
            ('11111111-0000-4000-8000-00000000b002')
        ) as o (owner)
        cross join generate_series(1, 2000) as n
    ),
    4000,
    'each place in each document has a synthetic id of its own'
);
select is(
    (
        select count(distinct consolidation.synthetic_uuid(o.owner, n::text))::integer
        from (
            values
            ('11111111-0000-4000-8000-00000000b001'::uuid),
            ('11111111-0000-4000-8000-00000000b002')
        ) as o (owner)
        cross join generate_series(1, 2000) as n
    ),
    4000,
    'each place in each document has a synthetic uuid of its own'
);
select matches(
    consolidation.synthetic_uuid('11111111-0000-4000-8000-00000000b001', '1')::text,
    '^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
    'a synthetic uuid is one of version 8'
);

-- Odd JSON ----------------------------------------------------------------------------------------

select is(
    consolidation.to_bigint(j.element::jsonb), j.expected,
    format(
        'to_bigint: %s is %s', coalesce(j.element, 'nothing'), coalesce(j.expected::text, 'none')
    )
)
from (
    values
    ('1', 1::bigint), ('-1', -1), ('0', 0), ('1.0', 1), ('1e3', 1000), ('1.5', null),
    ('1e400', null), ('-1e400', null), ('1e-400', null),
    ('9223372036854775807', 9223372036854775807),
    ('9223372036854775808', null), ('-9223372036854775808', -9223372036854775808),
    ('-9223372036854775809', null), ('9223372036854775806.9999', null), ('"5"', null),
    ('""', null), ('true', null), ('null', null), ('[1]', null), ('{"a": 1}', null), (null, null)
) as j (element, expected);
select is(
    consolidation.to_uuid(j.element::jsonb), j.expected,
    format('to_uuid: %s is %s', coalesce(j.element, 'nothing'), coalesce(j.expected::text, 'none'))
)
from (
    values
    (
        '"11111111-0000-4000-8000-00000000A001"',
        '11111111-0000-4000-8000-00000000a001'::uuid
    ),
    ('"11111111-0000-4000-8000-00000000a00"', null),
    ('"11111111-0000-4000-8000-00000000a0011"', null),
    ('"g1111111-0000-4000-8000-00000000a001"', null),
    ('" 11111111-0000-4000-8000-00000000a001"', null),
    ('"11111111-0000-4000-8000-00000000a001\n"', null),
    ('""', null), ('"none"', null), ('5', null), ('null', null), ('true', null), ('[]', null),
    ('{}', null), (null, null)
) as j (element, expected);
select is(
    consolidation.to_score(j.element::jsonb)::numeric(3, 2), j.expected,
    format('to_score: %s is %s', coalesce(j.element, 'nothing'), coalesce(j.expected::text, 'none'))
)
from (
    values
    ('0.95', 0.95), ('0', 0.00), ('-1', -1.00), ('9.994', 9.99), ('9.995', null), ('10', null),
    ('-9.995', null), ('-9.994', -9.99), ('1e400', null), ('1e-400', 0.00), ('"NaN"', 'NaN'),
    ('"0.5"', null), ('"high"', null), ('true', null), ('null', null), ('[0.5]', null), (null, null)
) as j (element, expected);

-- Values of further columns: what is written is read again, whatever a session has set.
create type pg_temp.severity as enum ('low', 'high');
create temporary table further (
    severity pg_temp.severity,
    words text,
    cost numeric,
    is_public boolean,
    due date,
    seen_at timestamptz
);
insert into further
values ('high', 'a "b"', 1.10, false, '0044-03-15 BC', '2024-02-29 10:00:00.123456+05'),
('low', '', 'NaN', true, 'infinity', '-infinity');
set local timezone = 'America/St_Johns';
set local datestyle = 'German, DMY';
select ok(
    (
        consolidation.from_key(
            consolidation.to_key('k', f.severity) -> 'k', f.severity
        ) = f.severity
        and consolidation.from_key(
            consolidation.to_key('k', f.words) -> 'k', f.words
        ) = f.words
        and consolidation.from_key(
            consolidation.to_key('k', f.cost) -> 'k', f.cost
        )::text = f.cost::text
        and consolidation.from_key(
            consolidation.to_key('k', f.is_public) -> 'k', f.is_public
        ) = f.is_public
        and consolidation.from_key(
            consolidation.to_key('k', f.due) -> 'k', f.due
        ) = f.due
        and consolidation.from_key(
            consolidation.to_key('k', f.seen_at) -> 'k', f.seen_at
        ) = f.seen_at
    ),
    'a row of further columns is read from keys as it was written'
)
from further as f;
select is(
    (
        select (consolidation.to_key('k', f.seen_at) -> 'k')::text from further as f
        where f.words <> ''
    ),
    '"2024-02-29T05:00:00.123456Z"',
    'a time is written as all times of documents are'
);
select is(
    consolidation.from_key(j.content::jsonb, null::pg_temp.severity), j.expected,
    format('from_key: %s is %s', coalesce(j.content, 'nothing'), coalesce(j.expected::text, 'none'))
)
from (
    values
    ('"high"', 'high'::pg_temp.severity), ('"rubbish"', null), ('5', null), ('null', null),
    ('{}', null), ('[]', null), (null, null)
) as j (content, expected);
select is(
    consolidation.from_key(j.content::jsonb, null::timestamptz), null,
    format('from_key: %s is no time', j.content)
)
from (values ('"noon"'), ('"now"'), ('17'), ('{"a": 1}')) as j (content);

select * from finish();
rollback;
