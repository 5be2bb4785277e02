-- Events, both ways: their keys, elements and rows.

begin;
select plan(24);

-- Both sides -------------------------------------------------------------------------------------

select bag_eq(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_event'::regclass
    $$,
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_events'::regclass and a.attnum > 0
    $$,
    'old_event has every column of the old table, in its type'
);
select results_eq(
    $$
    select distinct d.refobjid
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where
        w.ev_class = 'consolidation.old_event'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> w.ev_class
    $$,
    $$ values ('legacy.workflow_events'::regclass::oid) $$,
    'old_event is bound to the old table, wherever that stands'
);
select is_empty(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_event'::regclass
    except
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.event_row'::regclass
    $$,
    'event_row has all these columns in the same types'
);
select bag_eq(
    $$
    select
        v.event_id, v.trace_id, v.step_id, v.event_type, v.event_data, v."timestamp"
    from consolidation.event_row as v
    $$,
    'select v.* from consolidation.old_event as v',
    'what was carried over reads in event_row as it stands in the old table, row by row'
);
select cmp_ok(
    (select count(*)::integer from consolidation.event_row), '>', 50, 'there are rows to compare'
);
select is_empty(
    'select from consolidation.event_row as v where not v.as_built',
    'everything that was carried over is as consolidate() builds it'
);

-- Elements ----------------------------------------------------------------------------------------

set local timezone = 'Asia/Kathmandu';
select is(
    consolidation.event_element(7, 'clicked', 'null', '2025-01-14 10:30:00+00'),
    '{"type": "clicked", "timestamp": "2025-01-14T10:30:00Z", "data": null, "event_id": 7}'::jsonb,
    'a row of workflow_events becomes an element with these keys'
);
select is(
    consolidation.event_key('{"event_id": 7}', '11111111-0000-4000-8000-00000000b001', 1),
    7::bigint,
    'an event that has an id keeps it'
);
select cmp_ok(
    consolidation.event_key('{"event_id": "7"}', '11111111-0000-4000-8000-00000000b001', 1),
    '<', 0::bigint,
    'an event whose id is no number gets a synthetic one'
);
select is(
    consolidation.fits_event(
        f.element::jsonb, public.from_iso8601(f.element::jsonb ->> 'timestamp')
    ),
    f.expected,
    format('the old table %s the event %s',
    case when f.expected then 'holds' else 'cannot hold' end,
        left(regexp_replace(f.element, '\s+', ' ', 'g'), 60))
)
from (
    values
    ('{"type": "a", "timestamp": "2025-01-14T10:30:00Z"}', true),
    ('{"type": "", "timestamp": "infinity", "data": 1}', true),
    ('{"type": "a"}', false), ('{"timestamp": "2025-01-14T10:30:00Z"}', false),
    ('{"type": "a", "timestamp": "noon"}', false), ('"a"', false), ('null', false)
) as f (element, expected);

-- Documents that new code wrote -------------------------------------------------------------------

-- Hospital North (1…) with a run that new code wrote.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
update public.user_workflow_run
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901},
    {"type": "b", "timestamp": "2025-01-14T12:30:00+02:00", "event_id": "910902"},
    {"type": "c", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910903, "d": 1},
    {"timestamp": "noon"},
    "a text"
]'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set events = '[{"type": "s", "timestamp": "2025-01-14T10:30:00Z", "data": {}, "event_id": 910904}]'
where legacy_step_id = 910101;
select results_eq(
    $$
    select
        e.place, e.event_id > 0, e.step_id, e.event_type::text, e.event_data, e."timestamp", e.fits,
        e.as_built
    from consolidation.event_row as e
    where e.trace_id = 910001
    order by e.step_id nulls first, e.place
    $$,
    $$
    values
    (
        1::bigint, true, null::bigint, 'a', '1'::jsonb, '2025-01-14 10:30:00+00'::timestamptz, true,
        true
    ),
    (2, false, null, 'b', 'null', '2025-01-14 10:30:00+00', true, false),
    (3, true, null, 'c', '1', '2025-01-14 10:30:00+00', true, false),
    (4, false, null, null, 'null', null, false, false),
    (5, false, null, null, 'null', null, false, false),
    (1, true, 910101, 's', '{}', '2025-01-14 10:30:00+00', true, true)
    $$,
    'each element is a row with its place; whether the old table could hold it and whether '
    'consolidate() would have built it are two things'
);
select is_empty(
    $$
    select from consolidation.event_row as e
    where e.trace_id = 910001 and (e.element is null or e.event_id is null)
    $$,
    'no element is without itself and an id'
);
update public.user_workflow_run set events = '{"no": "array"}' where legacy_trace_id = 910001;
update public.user_workflow_run_step set events = null where legacy_step_id = 910101;
select is_empty(
    'select from consolidation.event_row as e where e.trace_id = 910001',
    'events that are no array are no rows, and break nobody'
);

-- events_of_old_rows ------------------------------------------------------------------------------

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
insert into legacy.workflow_steps (step_id, trace_id, step_number, node_id, retry_count)
values (910201, 910002, 1, '11111111-0000-4000-8000-00000000e001', 0);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910913, 910002, 910201, 'late', '1', '2025-01-14 10:30:02+00'),
(910912, 910002, 910201, 'second', '1', '2025-01-14 10:30:01+00'),
(910911, 910002, 910201, 'first', '1', '2025-01-14 10:30:01+00'),
(910910, 910002, null, 'of the run', '1', '2025-01-14 10:30:03+00');
select results_eq(
    $$
    select e.step_id, jsonb_path_query_array(e.events, '$[*].event_id')
    from consolidation.events_of_old_rows(array[910002], true) as e
    $$,
    $$ values (910201::bigint, '[910911, 910912, 910913]'::jsonb) $$,
    'the events of a step, by time and then by id'
);
select results_eq(
    $$
    select e.step_id, jsonb_path_query_array(e.events, '$[*].event_id')
    from consolidation.events_of_old_rows(array[910002], false) as e
    $$,
    $$ values (null::bigint, '[910910]'::jsonb) $$,
    'the events of no step'
);
select is_empty(
    $$
    select from consolidation.events_of_old_rows('{}', true)
    union all
    select from consolidation.events_of_old_rows(array[-77], false)
    $$,
    'no run has no events'
);

-- Rights -----------------------------------------------------------------------------------------

set local role workflow_app;
select throws_ok(
    'select from consolidation.old_event', '42501', null, 'applications cannot read the old table'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select from consolidation.old_event, consolidation.event_row limit 1',
    'maintenance reads both sides'
);
reset role;

select * from finish();
rollback;
