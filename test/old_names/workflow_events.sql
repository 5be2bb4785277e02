-- The old name workflow_events: the elements of "events" of runs and steps as rows.

begin;
select plan(84);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, events
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '[{
        "type": "workflow_started", "timestamp": "2025-01-14T10:30:00.5Z", "data": {"by": "timer"},
        "event_id": 910901
    }]'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002,
    '[]'
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001,
    null
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, events
)
values
(
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101,
    '[
        {
            "type": "clicked", "timestamp": "2025-01-14T10:30:01Z", "data": {"x": 1},
            "event_id": 910902, "severity": "low"
        },
        {
            "type": "typed", "timestamp": "2025-01-14T12:30:02+02:00", "data": null,
            "event_id": 910903
        }
    ]'
),
(
    '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e002', 2, 910102, '[]'
),
(
    '11111111-0000-4000-8000-00000000b003', '11111111-0000-4000-8000-00000000a002',
    '11111111-0000-4000-8000-00000000e003', 1, 910103, null
),
(
    '22222222-0000-4000-8000-00000000b001', '22222222-0000-4000-8000-00000000a001',
    '22222222-0000-4000-8000-00000000e001', 1, 920101, '[]'
);

-- Shape -------------------------------------------------------------------------------------------

select has_view('public', 'workflow_events', 'workflow_events is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'public.workflow_events'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_events'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

prepare events_of_910001 as
select e.* from public.workflow_events as e where e.trace_id = 910001 order by e.event_id;
select results_eq(
    'events_of_910001',
    $$
    values
    (
        910901::bigint, 910001::bigint, null::bigint, 'workflow_started'::varchar(100),
        '{"by": "timer"}'::jsonb, '2025-01-14 10:30:00.5+00'::timestamptz
    ),
    (910902, 910001, 910101, 'clicked', '{"x": 1}', '2025-01-14 10:30:01+00'),
    (910903, 910001, 910101, 'typed', 'null', '2025-01-14 10:30:02+00')
    $$,
    'events of run and steps read as the rows that the old table would hold'
);
select bag_eq(
    'select e.* from public.workflow_events as e where e.trace_id not in (910001, 910002, 920001)',
    'select e.* from legacy.workflow_events as e',
    'carried-over events read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_events where step_id is null), '>', 100,
    'there are carried-over events of runs to compare'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_events where step_id is not null), '>', 100,
    'there are carried-over events of steps to compare'
);
select bag_eq(
    $$
    select s.step_id, e.event_id
    from public.workflow_steps as s
    left join public.workflow_events as e on e.step_id = s.step_id
    where s.trace_id = 910001
    $$,
    'values (910101::bigint, 910902::bigint), (910101, 910903), (910102, null)',
    'a left join from the steps finds each step, with its events if it has any'
);

-- Insert ------------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_events (trace_id, step_id, event_type, event_data)
    values (910001, 910102, 'scrolled', '{"y": 2}')
    returning event_id > 0, trace_id, step_id, event_type, "timestamp" = now()
    $$,
    $$ values (true, 910001::bigint, 910102::bigint, 'scrolled'::varchar(100), true) $$,
    'an insert returns a new id and the default timestamp'
);
select results_eq(
    $$
    select
        s.events #>> '{0,type}',
        s.events #> '{0,data}',
        (s.events #>> '{0,timestamp}')::timestamptz = now(),
        (s.events #> '{0,event_id}')::bigint = e.event_id,
        jsonb_array_length(s.events),
        (select array_agg(k order by k) from jsonb_object_keys(s.events -> 0) as k)
    from public.user_workflow_run_step as s
    inner join public.workflow_events as e on e.step_id = s.legacy_step_id
    where s.legacy_step_id = 910102
    $$,
    $$
    values (
        'scrolled', '{"y": 2}'::jsonb, true, true, 1, array['data', 'event_id', 'timestamp', 'type']
    )
    $$,
    'an inserted event of a step is an element of the step, with the keys of the contract'
);
select matches(
    (
        select s.events #>> '{0,timestamp}'
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910102
    ),
    '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$',
    'an inserted event carries its timestamp as ISO 8601 in UTC'
);
set local timezone = 'Asia/Kathmandu';
insert into public.workflow_events (event_id, trace_id, event_type, event_data, "timestamp")
values (910910, 910002, 'workflow_started', '1', '2025-01-14 10:30:00.120');
reset timezone;
select is(
    (select r.events from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '[{
        "type": "workflow_started", "timestamp": "2025-01-14T04:45:00.12Z", "data": 1,
        "event_id": 910910
    }]'::jsonb,
    'an event of no step is an element of the run, in UTC whatever the TimeZone of the session'
);
select results_eq(
    $$
    insert into public.workflow_events (trace_id, step_id, event_type, event_data)
    values (910002, 910103, 'a', 'null')
    returning event_data, jsonb_typeof(event_data)
    $$,
    $$ values ('null'::jsonb, 'null') $$,
    'event_data may be a JSON null'
);
select is(
    (
        select jsonb_array_length(s.events)
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910103
    ),
    1,
    'an event goes into a document that was null'
);
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_events (trace_id, step_id, event_type, event_data)
        select 920001, case when n % 2 = 0 then 920101 end, 'event ' || n, to_jsonb(n)
        from generate_series(1, 6) as n
        returning event_id
    )
    select count(distinct i.event_id)::integer from inserted as i
    $$,
    'values (6)',
    'rows of one insert get different ids'
);
select results_eq(
    $$
    select e.step_id, e.event_type::text, e.event_data
    from public.workflow_events as e
    where e.trace_id = 920001
    order by e.event_data
    $$,
    $$
    values
    (null::bigint, 'event 1', '1'::jsonb), (920101, 'event 2', '2'), (null, 'event 3', '3'),
    (920101, 'event 4', '4'), (null, 'event 5', '5'), (920101, 'event 6', '6')
    $$,
    'rows of one insert all arrive'
);
select results_eq(
    $$
    select x.element ->> 'type'
    from public.user_workflow_run_step as s
    cross join lateral jsonb_array_elements(s.events) with ordinality as x (element, place)
    where s.legacy_step_id = 920101
    order by x.place
    $$,
    $$ values ('event 2'), ('event 4'), ('event 6') $$,
    'inserted events are appended in their order'
);
select results_eq(
    $$
    insert into public.workflow_events
    values (910920, 920001, default, repeat('x', 100), '"text"', '2025-01-14 10:30:00+00')
    returning *
    $$,
    $$
    values (
        910920::bigint, 920001::bigint, null::bigint, repeat('x', 100)::varchar(100),
        '"text"'::jsonb, '2025-01-14 10:30:00+00'::timestamptz
    )
    $$,
    'an insert keeps an explicit event_id and a type of 100 characters'
);
select results_eq(
    $$
    insert into public.workflow_events (event_id, trace_id, event_type, event_data)
    values (-9223372036854775808, 910001, 'smallest id', '1')
    returning event_id
    $$,
    'values (-9223372036854775808)',
    'no number is taken for an event_id that was left out'
);
select results_eq(
    $$
    update public.workflow_events set event_id = default
    where trace_id = 910001 and event_type = 'smallest id'
    returning event_id = currval('public.workflow_events_event_id_seq')
    $$,
    'values (true)',
    'an event_id that is set to its default is the next one'
);
delete from public.workflow_events where trace_id = 910001 and event_type = 'smallest id';
select lives_ok(
    'select nextval(''workflow_events_event_id_seq'')',
    'nextval of the old sequence goes on working'
);
select is_empty(
    $$
    select from public.workflow_events as e
    where e.event_id = (select nextval('public.workflow_events_event_id_seq'))
    $$,
    'nextval of the old sequence never gives a used id'
);
select cmp_ok(
    nextval('public.workflow_events_event_id_seq'), '>',
    (
        select max(e.event_id) from legacy.workflow_events as e
        where e.event_id < 8000000000000
    ),
    'nextval goes on after the ids that the old sequence gave'
);

-- Errors ------------------------------------------------------------------------------------------

select throws_ok(
    format(
        'insert into public.workflow_events (
            event_id, trace_id, event_type, event_data, "timestamp"
        )
        select %s, %s, %s, %s, %s',
        case c.name when 'event_id' then 'null::bigint' else '910999' end,
        case c.name when 'trace_id' then 'null::bigint' else '910001' end,
        case c.name when 'event_type' then 'null' else '''a''' end,
        case c.name when 'event_data' then 'null::jsonb' else '''1''::jsonb' end,
        case c.name when 'timestamp' then 'null::timestamptz' else 'now()' end
    ),
    '23502', null,
    format('an insert with a null %s is refused', c.name)
)
from unnest(array['event_id', 'trace_id', 'event_type', 'event_data', 'timestamp']) as c (name);
select throws_ok(
    format('update public.workflow_events set %I = null where event_id = 910902', c.name),
    '23502', null,
    format('an update cannot take %s away', c.name)
)
from unnest(array['event_id', 'trace_id', 'event_type', 'event_data', 'timestamp']) as c (name);

prepare left_out_data as
insert into public.workflow_events (trace_id, event_type) values (910001, 'a');
select throws_ok('left_out_data', '23502', null, 'event_data cannot be left out');

prepare unknown_trace as
insert into public.workflow_events (trace_id, event_type, event_data) values (999999999, 'a', '1');
select throws_ok('unknown_trace', '23503', null, 'an event of an unknown trace is refused');

prepare unknown_step as
insert into public.workflow_events (trace_id, step_id, event_type, event_data)
values (910001, 999999999, 'a', '1');
select throws_ok('unknown_step', '23503', null, 'an event of an unknown step is refused');

prepare step_of_another_trace as
insert into public.workflow_events (trace_id, step_id, event_type, event_data)
values (910002, 910101, 'a', '1');
select throws_ok(
    'step_of_another_trace', '23503', null, 'an event of a step of another trace is refused'
);

prepare long_type as
insert into public.workflow_events (trace_id, event_type, event_data)
values (910001, repeat('x', 101), '1');
select throws_ok('long_type', '22001', null, 'an event_type of 101 characters is refused');

prepare type_too_long as
update public.workflow_events set event_type = repeat('x', 101) where event_id = 910902;
select throws_ok('type_too_long', '22001', null, 'an event_type cannot become too long');

prepare used_id_of_a_step as
insert into public.workflow_events (event_id, trace_id, event_type, event_data)
values (910902, 910002, 'a', '1');
select throws_ok('used_id_of_a_step', '23505', null, 'an event_id that a step has is refused');

prepare used_id_of_a_run as
insert into public.workflow_events (event_id, trace_id, event_type, event_data)
values (910901, 910002, 'a', '1');
select throws_ok('used_id_of_a_run', '23505', null, 'an event_id that a run has is refused');

prepare id_to_a_used_one as
update public.workflow_events set event_id = 910903 where event_id = 910902;
select throws_ok('id_to_a_used_one', '23505', null, 'an event_id cannot become a used one');

prepare same_id_twice as
insert into public.workflow_events (event_id, trace_id, event_type, event_data)
values (910998, 910002, 'a', '1'), (910998, 910002, 'b', '1');
select throws_ok('same_id_twice', '23505', null, 'one statement cannot insert an event_id twice');

prepare upsert as
insert into public.workflow_events (event_id, trace_id, event_type, event_data)
values (910902, 910002, 'a', '1')
on conflict (event_id) do nothing;
select throws_ok('upsert', '42P10', null, 'on conflict is refused: there is no index to infer');
select throws_ok(
    'truncate public.workflow_events', '42809', null, 'truncate is refused: it is a view'
);
select results_eq(
    'events_of_910001',
    $$
    select e.* from public.workflow_events as e
    where e.event_id in (910901, 910902, 910903) or e.step_id = 910102
    order by e.event_id
    $$,
    'a refused statement leaves nothing behind'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_events set event_data = '{"x": 2}' where event_id = 910902
    returning event_id, event_data
    $$,
    $$ values (910902::bigint, '{"x": 2}'::jsonb) $$,
    'an update returns the new values'
);
select is(
    (select s.events from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    '[
        {
            "type": "clicked", "timestamp": "2025-01-14T10:30:01Z", "data": {"x": 2},
            "event_id": 910902, "severity": "low"
        },
        {
            "type": "typed", "timestamp": "2025-01-14T12:30:02+02:00", "data": null,
            "event_id": 910903
        }
    ]'::jsonb,
    'an update changes one key of one element, and keeps unknown keys of it'
);
select results_eq(
    $$
    update public.workflow_events set event_type = 'tapped', "timestamp" = '2025-01-15 00:00:00+00'
    where event_id = 910903
    returning event_type::text, "timestamp"
    $$,
    $$ values ('tapped', '2025-01-15 00:00:00+00'::timestamptz) $$,
    'an update can change type and timestamp'
);
select is(
    (
        select s.events -> 1
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    '{
        "type": "tapped", "timestamp": "2025-01-15T00:00:00Z", "data": null, "event_id": 910903
    }'::jsonb,
    'an updated element keeps its place'
);
select results_eq(
    $$
    update public.workflow_events set event_data = '{"by": "hand"}' where event_id = 910901
    returning step_id
    $$,
    'values (null::bigint)',
    'an event of no step can be updated'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_events set event_data = event_data || '{"seen": true}'
        where trace_id = 910001 and event_id in (910901, 910902)
        returning event_id, event_data
    )
    select u.event_id, u.event_data from updated as u order by u.event_id
    $$,
    $$
    values
    (910901::bigint, '{"by": "hand", "seen": true}'::jsonb), (910902, '{"x": 2, "seen": true}')
    $$,
    'one statement updates several events'
);
select is_empty(
    $$ update public.workflow_events set event_type = 'b' where event_id = 999999999 returning 1 $$,
    'an update of an unknown event_id changes no row'
);
select results_eq(
    'update public.workflow_events set event_id = 910933 where event_id = 910903
    returning event_id',
    'values (910933::bigint)',
    'an event_id can become an unused one'
);
select is_empty(
    'select from public.workflow_events as e where e.event_id = 910903',
    'a changed event_id is no longer the old one'
);

-- Moving ------------------------------------------------------------------------------------------

select results_eq(
    'update public.workflow_events set step_id = 910102 where event_id = 910902 returning step_id',
    'values (910102::bigint)',
    'an event can move to another step'
);
select results_eq(
    $$
    select s.legacy_step_id, x.element ->> 'severity'
    from public.user_workflow_run_step as s
    cross join lateral jsonb_array_elements(s.events) as x (element)
    where x.element @> '{"event_id": 910902}'
    $$,
    $$ values (910102::bigint, 'low') $$,
    'a moved event is on one step only, and keeps its unknown keys'
);
select results_eq(
    'update public.workflow_events set step_id = null where event_id = 910902 returning step_id',
    'values (null::bigint)',
    'an event can move from a step to the run'
);
select is(
    (
        select jsonb_array_length(r.events)
        from public.user_workflow_run as r
        where r.legacy_trace_id = 910001
    ),
    2,
    'an event that moved away from its step is on the run'
);
select results_eq(
    $$
    update public.workflow_events set trace_id = 910002, step_id = 910103 where event_id = 910902
    returning trace_id, step_id
    $$,
    'values (910002::bigint, 910103::bigint)',
    'an event can move to a step of another run'
);
prepare move_to_foreign_step as
update public.workflow_events set step_id = 920101 where event_id = 910902;
select throws_ok(
    'move_to_foreign_step', '23503', null,
    'an event cannot move to a step of another run alone'
);
prepare move_to_unknown_trace as
update public.workflow_events set trace_id = 999999999, step_id = null where event_id = 910902;
select throws_ok(
    'move_to_unknown_trace', '23503', null, 'an event cannot move to an unknown run'
);

-- Delete ------------------------------------------------------------------------------------------

select results_eq(
    'delete from public.workflow_events where event_id = 910902
    returning event_id, event_type::text',
    $$ values (910902::bigint, 'clicked') $$,
    'a delete returns the event'
);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    where s.events @> '[{"event_id": 910902}]'
    $$,
    'a deleted event is an element of nothing'
);
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_events where trace_id = 920001 returning event_id
    )
    select count(*)::integer from deleted
    $$,
    'values (7)',
    'one statement deletes all events of a run'
);
select is(
    (select s.events from public.user_workflow_run_step as s where s.legacy_step_id = 920101),
    '[]'::jsonb,
    'a step whose events were deleted has an empty array'
);
select is_empty(
    'delete from public.workflow_events where event_id = 910902 returning 1',
    'a delete of an unknown event_id deletes no row'
);

-- What new code writes ----------------------------------------------------------------------------

-- No ids, and whatever JSON allows. Readers must not break.
update public.user_workflow_run_step
set
    events = '[
        {"type": "page_loaded", "timestamp": "2025-01-14T10:30:00Z", "data": {"n": 1}},
        {"type": "page_loaded", "timestamp": "yesterday", "data": {"n": 2}},
        {"type": 5, "timestamp": 1736850600},
        "a text",
        7,
        null,
        [1, 2],
        {"type": {"deep": true}, "timestamp": null, "data": null, "event_id": "910904"},
        {"event_id": 1.5},
        {"event_id": 99999999999999999999}
    ]'
where legacy_step_id = 910101;
update public.user_workflow_run_step
set events = events || jsonb_build_array(jsonb_build_object('type', repeat('x', 101)))
where legacy_step_id = 910101;
update public.user_workflow_run set events = '{"type": "no array"}' where legacy_trace_id = 910002;
update public.user_workflow_run_step set events = '"no array"' where legacy_step_id = 910103;

select results_eq(
    $$
    select e.event_type::text, e.event_data, e."timestamp"
    from public.workflow_events as e
    where e.step_id = 910101 and e.event_data -> 'n' is not null
    order by e.event_data
    $$,
    $$
    values
    ('page_loaded', '{"n": 1}'::jsonb, '2025-01-14 10:30:00+00'::timestamptz),
    ('page_loaded', '{"n": 2}', null)
    $$,
    'a timestamp that is none reads as null'
);
select results_eq(
    'select count(*)::integer from public.workflow_events as e where e.step_id = 910101',
    'values (11)',
    'every element of an array is a row, whatever it is'
);
select is_empty(
    'select from public.workflow_events as e where e.trace_id = 910002',
    'a document that is no array has no events'
);
select is_empty(
    $$
    select from public.workflow_events as e
    where e.step_id = 910101 and coalesce(e.event_id >= 0, true)
    $$,
    'an element without a usable id shows a negative one'
);
select results_eq(
    $$
    select count(distinct e.event_id)::integer
    from public.workflow_events as e
    where e.step_id = 910101
    $$,
    'values (11)',
    'elements without ids show different ones'
);
create temporary table shown as
select e.event_id, e.event_data from public.workflow_events as e where e.step_id = 910101;
update public.user_workflow_run_step
set events = events || '[{"type": "later"}]', status = 'completed'
where legacy_step_id = 910101;
select is_empty(
    $$
    select s.event_id, s.event_data from shown as s
    except
    select e.event_id, e.event_data from public.workflow_events as e where e.step_id = 910101
    $$,
    'the id of an element without one stays the same when others are appended'
);
select results_eq(
    $$
    update public.workflow_events set event_data = '{"n": 3}'
    where step_id = 910101 and event_data = '{"n": 1}'
    returning event_data
    $$,
    $$ values ('{"n": 3}'::jsonb) $$,
    'an element without an id can be updated'
);
select is(
    (
        select s.events -> 0
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    '{"type": "page_loaded", "timestamp": "2025-01-14T10:30:00Z", "data": {"n": 3}}'::jsonb,
    'an update gives an element no key that it did not name'
);

-- A missing key is no JSON null, though both read as the JSON null that the column cannot do
-- without.
update public.user_workflow_run_step
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z"},
    {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": null}
]'
where legacy_step_id = 910102;
select results_eq(
    $$
    with updated as (
        update public.workflow_events set event_type = event_type || '!' where step_id = 910102
        returning event_data
    )
    select u.event_data from updated as u
    $$,
    $$ values ('null'::jsonb), ('null') $$,
    'a missing key and a JSON null read as a JSON null'
);
select is(
    (select s.events from public.user_workflow_run_step as s where s.legacy_step_id = 910102),
    '[
        {"type": "a!", "timestamp": "2025-01-14T10:30:00Z"},
        {"type": "b!", "timestamp": "2025-01-14T10:30:00Z", "data": null}
    ]'::jsonb,
    'a missing key stays missing when another one is updated'
);

-- Several elements without ids in one statement: the position of one is not the identity of the
-- next.
update public.user_workflow_run_step
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1},
    {"type": "b", "timestamp": "2025-01-14T10:30:01Z", "data": 2},
    {"type": "c", "timestamp": "2025-01-14T10:30:02Z", "data": 3}
]'
where legacy_step_id = 910102;
select lives_ok(
    'delete from public.workflow_events where step_id = 910102 and event_data in (''1'', ''2'')',
    'one statement can delete several elements without ids'
);
select is(
    (select s.events from public.user_workflow_run_step as s where s.legacy_step_id = 910102),
    '[{"type": "c", "timestamp": "2025-01-14T10:30:02Z", "data": 3}]'::jsonb,
    'deleting several elements without ids deletes these, and no other'
);
update public.user_workflow_run_step
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1}
]'
where legacy_step_id = 910102;
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_events where step_id = 910102 returning event_id
    )
    select count(*)::integer from deleted
    $$,
    'values (3)',
    'one statement deletes all of several equal elements without ids'
);
update public.user_workflow_run_step
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1},
    {"type": "b", "timestamp": "2025-01-14T10:30:01Z", "data": 2},
    {"type": "c", "timestamp": "2025-01-14T10:30:02Z", "data": 3}
]'
where legacy_step_id = 910102;
update public.user_workflow_run_step set events = '[]' where legacy_step_id = 910101;
select lives_ok(
    'update public.workflow_events set step_id = 910101 where step_id = 910102',
    'one statement can move several elements without ids'
);
select results_eq(
    $$
    select e.event_type::text from public.workflow_events as e
    where e.step_id = 910101
    order by e.event_type
    $$,
    $$ values ('a'), ('b'), ('c') $$,
    'moving several elements without ids moves each'
);

-- What newer versions can -------------------------------------------------------------------------

select case
    when current_setting('server_version_num')::integer >= 170000 then lives_ok(t.statement, t.rule)
    else throws_ok(t.statement, '0A000', null, t.rule)
end
from (
    values (
        $$
        merge into public.workflow_events as e
        using (values ('a'), ('b'), ('d')) as v (event_type)
        on e.step_id = 910101 and e.event_type = v.event_type
        when matched and v.event_type = 'a' then update set event_type = 'merged'
        when matched then delete
        when not matched then insert (trace_id, step_id, event_type, event_data)
        values (910001, 910101, v.event_type, '4')
        $$,
        'merge works from PostgreSQL 17 on'
    )
) as t (statement, rule);
select set_eq(
    'select e.event_type::text from public.workflow_events as e where e.step_id = 910101',
    case
        when current_setting('server_version_num')::integer >= 170000
            then array['merged', 'c', 'd']
        else array['a', 'b', 'c']
    end,
    'merge updates, deletes and inserts elements'
);
select case
    when current_setting('server_version_num')::integer >= 180000
        then results_eq(t.statement, $$ values ('c', null::text) $$, t.rule)
    else throws_ok(t.statement, '42P01', null, t.rule)
end
from (
    values (
        $$
        delete from public.workflow_events where step_id = 910101 and event_type = 'c'
        returning old.event_type::text, new.event_type::text
        $$,
        'returning knows old and new from PostgreSQL 18 on'
    )
) as t (statement, rule);

select * from finish();
rollback;
