-- The rows of both sides in words, for runs that are compared.

begin;
select plan(17);

-- Hospital North (1…) with a run that has everything, in both worlds; and a second one.
insert into legacy.workflow_trace (
    trace_id, org_id, workflow_id, channel, created_by, external_id, status, action_detail
)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001', 'CLAIM-1', 'active', '{"n": 1.10}'
from generate_series(910001, 910002) as n;
insert into legacy.workflow_steps (
    step_id, trace_id, step_number, node_id, retry_count, status, input_data
)
values
(910101, 910001, 1, '11111111-0000-4000-8000-00000000e001', 0, 'done', '{"n": 1.10}'),
(910102, 910001, 2, '11111111-0000-4000-8000-00000000e002', 0, 'done', null);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910901, 910001, null, 'a', '1.10', '2025-01-14 10:30:00+00'),
(910902, 910001, null, 'b', 'null', '2025-01-14 10:30:01+00'),
(910903, 910001, 910101, 'c', '{"n": 1.10}', '2025-01-14 10:30:02+00');
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    confidence_score, created_at, node_id
)
select
    ('11111111-0000-4000-8000-00000000500' || s.n)::uuid, 910001,
    '11111111-0000-4000-8000-000000000000', 'a', s.step_index, s.url, 'a', 0.50,
    '2025-01-14 10:30:00+00', '11111111-0000-4000-8000-00000000e001'
from (values (1, 1, 'u1'), (2, 1, 'u2'), (3, 9, 'u3')) as s (n, step_index, url);
insert into legacy.workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
values
(910501, 910001, 'k', '1.10', '2025-01-14 10:30:00+00', null),
(910502, 910001, 'l', 'null', '2025-01-14 10:30:00+00', '2025-01-14 10:30:01+00');
insert into legacy.workflow_trace_endpoint values (910001, 7), (910001, 8);
select consolidation.consolidate(array[910001, 910002]);

select results_eq(
    'select o.ordinal, count(*) from consolidation.old_rows(array[910001]) as o
    group by o.ordinal order by o.ordinal',
    $$ values (1, 1::bigint), (2, 2), (3, 3), (4, 3), (5, 2), (6, 2) $$,
    'a run has its rows of all six tables'
);
select bag_eq(
    $$
    select n.ordinal, n.key, n.content::text, n.arrangement
    from consolidation.new_rows(array[910001, 910002]) as n
    $$,
    $$
    select o.ordinal, o.key, o.content::text, o.arrangement
    from consolidation.old_rows(array[910001, 910002]) as o
    $$,
    'what was carried over reads the same on both sides, digit by digit and in its arrangement'
);
select is_empty(
    $$
    select from consolidation.old_rows('{}') as o
    union all
    select from consolidation.new_rows(array[-77]) as n
    $$,
    'no run and an unknown one have no rows'
);
select is(
    (select count(distinct n.ordinal)::integer
        from consolidation.new_rows(array(select t.trace_id from legacy.workflow_trace as t)) as n),
    6,
    'everything that was deployed has rows of all six tables'
);
select bag_eq(
    $$
    select n.ordinal, n.key, n.content::text, n.arrangement
    from consolidation.new_rows(array(select t.trace_id from legacy.workflow_trace as t)) as n
    $$,
    $$
    select o.ordinal, o.key, o.content::text, o.arrangement
    from consolidation.old_rows(array(select t.trace_id from legacy.workflow_trace as t)) as o
    $$,
    'and it reads the same on both sides'
);
select is(
    (
        select o.key from consolidation.old_rows(array[910001]) as o
        where o.ordinal = 5 and o.content ->> 'key' = 'k'
    ),
    '{"trace_id": 910001, "key": "k"}'::jsonb,
    'the key of a row is that of its old table'
);
select is(
    (
        select o.content::text from consolidation.old_rows(array[910001]) as o
        where o.ordinal = 3 and o.key = '{"event_id": 910901}'
    ),
    '{"event_id": 910901, "trace_id": 910001, "event_data": 1.10, "event_type": "a", '
    '"timestamp": "2025-01-14T10:30:00+00:00"}'::jsonb::text,
    'a row is its columns, without those that have no value'
);
select is(
    (
        select o.content -> 'event_data' from consolidation.old_rows(array[910001]) as o
        where o.ordinal = 3 and o.key = '{"event_id": 910902}'
    ),
    'null'::jsonb,
    'a JSON null is a value'
);

-- Arrangement: what no old column shows -----------------------------------------------------------

create function pg_temp.arrangement_after(statement text, ordinal integer, key jsonb)
returns text
language plpgsql
as $$
declare
    result text;
begin
    begin
        execute statement;
        select n.arrangement into result from consolidation.new_rows(array[910001]) as n
        where n.ordinal = arrangement_after.ordinal and n.key = arrangement_after.key;
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return result;
    end;
end;
$$;
select is(
    pg_temp.arrangement_after(a.statement, a.ordinal, a.key::jsonb), a.expected,
    format('%s: %s', a.what, coalesce(a.expected, 'does not matter'))
)
from (
    values
    ('an event as it was', 3, '{"event_id": 910902}', 'as built at 2', 'select'),
    (
        'an event with a key more', 3, '{"event_id": 910902}', 'changed at 2',
        $$ update public.user_workflow_run set events = jsonb_set(events, '{1,note}', '1')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event whose time is the same in another form', 3, '{"event_id": 910902}',
        'as built at 2',
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{1,timestamp}', '"2025-01-14 10:30:01+00"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event in another place', 3, '{"event_id": 910902}', 'as built at 1',
        $$ update public.user_workflow_run set events = events - 0 where legacy_trace_id = 910001 $$
    ),
    (
        'a screenshot of a step', 4, '{"screenshot_id": "11111111-0000-4000-8000-000000005002"}',
        'as built at 2 on step 1', 'select'
    ),
    (
        'a screenshot of no step', 4, '{"screenshot_id": "11111111-0000-4000-8000-000000005003"}',
        'as built at 1', 'select'
    ),
    (
        'a confidence that is the same number', 4,
        '{"screenshot_id": "11111111-0000-4000-8000-000000005001"}', 'as built at 1 on step 1',
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{0,confidence}', '0.5')
        where legacy_step_id = 910101 $$
    ),
    (
        'an event of a run that was carried back', 3, '{"event_id": 910902}', null,
        'insert into consolidation.carried_back values (910001)'
    )
) as a (what, ordinal, key, expected, statement);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.old_rows('{}') $$, '42501', null, 'applications cannot read so'
);
reset role;

select * from finish();
rollback;
