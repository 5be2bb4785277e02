-- add_event, add_events, add_screenshot, add_screenshots.

begin;

-- Hospital North (1…) and Hospital South (2…), with a step each.
insert into public.user_workflow_run (run_id, workflow_id, org_id, channel, created_by)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001'
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001'
);
insert into public.user_workflow_run_step (step_id, run_id, node_id, step_number)
values
(
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1
),
(
    '22222222-0000-4000-8000-00000000b001', '22222222-0000-4000-8000-00000000a001',
    '22222222-0000-4000-8000-00000000e001', 1
);

-- Events and screenshots that are refused, and why.
create temporary table bad_event (why text, events jsonb);
insert into bad_event (why, events)
values
('that are null', null),
('that are a JSON null', 'null'),
('that are an object', '{"type": "a"}'),
('that are a text', '"a"'),
('that are a number', '1'),
('with an element that is a text', '["a"]'),
('with an element that is a number', '[1]'),
('with an element that is null', '[null]'),
('with an element that is an array', '[[{"type": "a"}]]'),
('with an element without type', '[{}]'),
('with an element whose type is null', '[{"type": null}]'),
('with an element whose type is a number', '[{"type": 5}]'),
('with an element whose type is an object', '[{"type": {"type": "a"}}]'),
('with an element whose type is empty', '[{"type": ""}]'),
(
    'with an element whose type has 101 characters',
    jsonb_build_array(jsonb_build_object('type', repeat('x', 101)))
),
('with an element whose timestamp is null', '[{"type": "a", "timestamp": null}]'),
('with an element whose timestamp is empty', '[{"type": "a", "timestamp": ""}]'),
('with an element whose timestamp is a number', '[{"type": "a", "timestamp": 1736850600}]'),
('with an element whose timestamp is a word', '[{"type": "a", "timestamp": "now"}]'),
(
    'with an element whose timestamp is no day',
    '[{"type": "a", "timestamp": "2025-02-29T10:30:00Z"}]'
),
(
    'with an element whose timestamp is no ISO 8601',
    '[{"type": "a", "timestamp": "14.01.2025 10:30"}]'
),
(
    'with one bad element after good ones',
    '[{"type": "a"}, {"type": "b"}, {"typ": "c"}]'
);
create temporary table bad_screenshot (why text, screenshots jsonb);
insert into bad_screenshot (why, screenshots)
values
('that are null', null),
('that are a JSON null', 'null'),
('that are an object', '{"url": "a"}'),
('that are a text', '"a"'),
('with an element that is a text', '["a"]'),
('with an element that is null', '[null]'),
('with an element that is an array', '[[{"url": "a"}]]'),
('with an element without url', '[{}]'),
('with an element whose url is null', '[{"url": null}]'),
('with an element whose url is a number', '[{"url": 5}]'),
('with an element whose url is empty', '[{"url": ""}]'),
('with an element whose timestamp is null', '[{"url": "a", "timestamp": null}]'),
('with an element whose timestamp is a word', '[{"url": "a", "timestamp": "yesterday"}]'),
('with an element whose confidence is NaN', '[{"url": "a", "confidence": "NaN"}]'),
('with an element whose confidence is a word', '[{"url": "a", "confidence": "high"}]'),
('with one bad element after good ones', '[{"url": "a"}, {"url": "b"}, {"uri": "c"}]');
grant select on bad_event, bad_screenshot to public;

select plan(
    4 + (select count(*)::integer from bad_event) + (select count(*)::integer from bad_screenshot)
    + 52
);

-- Shape -------------------------------------------------------------------------------------------

select has_function(
    'public', f.name, f.arguments,
    format('there is %s(%s)', f.name, array_to_string(f.arguments, ', '))
)
from (
    values
    ('add_event'::name, array['uuid', 'text', 'jsonb', 'timestamp with time zone']::name []),
    ('add_events', array['uuid', 'jsonb']),
    (
        'add_screenshot',
        array[
            'uuid', 'text', 'text', 'text', 'text', 'boolean', 'double precision',
            'timestamp with time zone'
        ]
    ),
    ('add_screenshots', array['uuid', 'jsonb'])
) as f (name, arguments);

-- Everything from here on as an application does it, in the organisation of North.
set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
set local timezone = 'Asia/Kathmandu';
set local datestyle = 'German';

prepare events_of_north as
select s.events from public.user_workflow_run_step as s
where s.step_id = '11111111-0000-4000-8000-00000000b001';
prepare screenshots_of_north as
select s.screenshots from public.user_workflow_run_step as s
where s.step_id = '11111111-0000-4000-8000-00000000b001';

-- add_event ---------------------------------------------------------------------------------------

select is(
    public.add_event(
        '11111111-0000-4000-8000-00000000b001', 'clicked', '{"x": 1}', '2025-01-14 10:30:00.5+00'
    ),
    1,
    'add_event returns how many events it added'
);
select results_eq(
    'events_of_north',
    $$
    values (
        '[{"type": "clicked", "timestamp": "2025-01-14T10:30:00.5Z", "data": {"x": 1}}]'::jsonb
    )
    $$,
    'add_event appends an element with the keys of the contract, in UTC whatever the session says'
);
select is(
    public.add_event('11111111-0000-4000-8000-00000000b001', 'typed'), 1,
    'add_event needs no more than step and type'
);
select results_eq(
    $$
    select
        s.events #> '{1,data}',
        public.from_iso8601(s.events #>> '{1,timestamp}') between now() and clock_timestamp(),
        s.events #>> '{1,timestamp}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$',
        s.events #>> '{0,type}',
        s.updated_at_of_run
    from (
        select u.events, r.updated_at as updated_at_of_run
        from public.user_workflow_run_step as u
        inner join public.user_workflow_run as r on r.run_id = u.run_id
        where u.step_id = '11111111-0000-4000-8000-00000000b001'
    ) as s
    $$,
    $$ values ('{}'::jsonb, true, true, 'clicked', null::timestamptz) $$,
    'an event has empty data and the present time by default, and goes to the end'
);
select is(
    public.add_event('11111111-0000-4000-8000-00000000b001', repeat('x', 100), 'null'), 1,
    'a type may have 100 characters, and data may be a JSON null'
);
select results_eq(
    $$
    select s.events #> '{2,data}' from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    $$ values ('null'::jsonb) $$,
    'a JSON null is kept as data'
);
prepare null_type as select public.add_event('11111111-0000-4000-8000-00000000b001', null);
select throws_ok('null_type', '22023', null, 'add_event refuses a null type');
prepare empty_type as select public.add_event('11111111-0000-4000-8000-00000000b001', '');
select throws_ok('empty_type', '22023', null, 'add_event refuses an empty type');
prepare long_type as
select public.add_event('11111111-0000-4000-8000-00000000b001', repeat('x', 101));
select throws_ok('long_type', '22023', null, 'add_event refuses a type of 101 characters');
prepare event_of_unknown_step as
select public.add_event('99999999-0000-4000-8000-00000000b001', 'a');
select throws_ok('event_of_unknown_step', 'P0002', null, 'add_event knows no unknown step');
prepare event_of_no_step as select public.add_event(null, 'a');
select throws_ok('event_of_no_step', 'P0002', null, 'add_event needs a step');
prepare event_of_south as select public.add_event('22222222-0000-4000-8000-00000000b001', 'a');
select throws_ok('event_of_south', 'P0002', null, 'add_event finds no step of another tenant');
select lives_ok(
    $$
    select public.add_event(
        '11111111-0000-4000-8000-00000000b001', 'a', '{}', moment::timestamptz
    )
    from unnest(array['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', null]) as m (moment)
    $$,
    'add_event takes any timestamp'
);
select results_eq(
    $$
    select e."timestamp" from public.workflow_events as e
    inner join public.user_workflow_run_step as s on s.legacy_step_id = e.step_id
    where
        s.step_id = '11111111-0000-4000-8000-00000000b001'
        and e."timestamp" < '0001-01-01 00:00:00+00'
    order by e."timestamp"
    $$,
    $$ values ('-infinity'::timestamptz), ('0044-03-15 12:00:00+00 BC') $$,
    'an event of any timestamp reads back under the old name'
);

-- add_events --------------------------------------------------------------------------------------

update public.user_workflow_run_step set events = '[{"type": "first"}]'
where step_id = '11111111-0000-4000-8000-00000000b001';
select is(
    public.add_events(
        '11111111-0000-4000-8000-00000000b001',
        '[
            {"type": "second", "timestamp": "2025-01-14T12:30:00+02:00", "data": [1],
            "severity": 3},
            {"type": "third", "timestamp": "2025-01-14 10:30:00", "data": null},
            {"type": "second", "timestamp": "infinity", "event_id": null}
        ]'
    ),
    3,
    'add_events returns how many events it added'
);
select results_eq(
    'events_of_north',
    $$
    values (
        '[
            {"type": "first"},
            {"type": "second", "timestamp": "2025-01-14T10:30:00Z", "data": [1],
            "severity": 3},
            {"type": "third", "timestamp": "2025-01-14T10:30:00Z", "data": null},
            {"type": "second", "timestamp": "infinity", "data": {}, "event_id": null}
        ]'::jsonb
    )
    $$,
    'add_events appends the events in their order, in UTC, and keeps further keys'
);
select is(
    public.add_events('11111111-0000-4000-8000-00000000b001', '[]'), 0,
    'add_events of nothing adds nothing'
);
select is(
    public.add_events(
        '11111111-0000-4000-8000-00000000b001',
        (select jsonb_agg(jsonb_build_object('type', 'batch', 'data', n))
        from generate_series(1, 1000) as n)
    ),
    1000,
    'add_events adds a thousand events at once'
);
select results_eq(
    $$
    select
        jsonb_array_length(s.events), s.events #> '{4,data}', s.events #> '{1003,data}',
        s.events #> '{1003}' ? 'timestamp'
    from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    $$ values (1004, '1'::jsonb, '1000'::jsonb, true) $$,
    'a thousand events arrive complete and in their order'
);
select throws_ok(
    format('select public.add_events(''11111111-0000-4000-8000-00000000b001'', %L::jsonb)',
    b.events),
    '22023', null,
    format('add_events refuses events %s', b.why)
)
from bad_event as b;
select results_eq(
    $$
    select jsonb_array_length(s.events) from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    'values (1004)',
    'add_events that refuses one event adds none of the others'
);
prepare events_of_unknown_step as
select public.add_events('99999999-0000-4000-8000-00000000b001', '[{"type": "a"}]');
select throws_ok('events_of_unknown_step', 'P0002', null, 'add_events knows no unknown step');
prepare nothing_for_unknown_step as
select public.add_events('99999999-0000-4000-8000-00000000b001', '[]');
select throws_ok(
    'nothing_for_unknown_step', 'P0002', null, 'add_events of nothing knows no unknown step either'
);
prepare events_of_south as
select public.add_events('22222222-0000-4000-8000-00000000b001', '[{"type": "a"}]');
select throws_ok('events_of_south', 'P0002', null, 'add_events finds no step of another tenant');
update public.user_workflow_run_step set events = null
where step_id = '11111111-0000-4000-8000-00000000b001';
select is(
    public.add_events(
        '11111111-0000-4000-8000-00000000b001',
        '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1}]'
    ),
    1,
    'add_events takes a document that is null'
);
select results_eq(
    'events_of_north',
    $$ values ('[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1}]'::jsonb) $$,
    'add_events makes an array of a null document'
);
select results_eq(
    $$
    select e.event_type::text, e.event_data, e."timestamp", e.event_id < 0
    from public.workflow_events as e
    inner join public.workflow_steps as s on s.step_id = e.step_id
    inner join public.user_workflow_run_step as u on u.legacy_step_id = s.step_id
    where u.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    $$ values ('a', '1'::jsonb, '2025-01-14 10:30:00+00'::timestamptz, true) $$,
    'an event that new code adds reads under the old name, with a negative id'
);

-- add_screenshot ----------------------------------------------------------------------------------

select is(
    public.add_screenshot(
        '11111111-0000-4000-8000-00000000b001', 'https://example.org/1.png', 'click', '#ok',
        'https://example.org/1s.png', true, 0.95, '2025-01-14 10:30:00+00'
    ),
    1,
    'add_screenshot returns how many screenshots it added'
);
select results_eq(
    'screenshots_of_north',
    $$
    values (
        '[{
            "url": "https://example.org/1.png", "thumbnail_url": "https://example.org/1s.png",
            "timestamp": "2025-01-14T10:30:00Z", "action": "click", "selector": "#ok",
            "element_found": true, "confidence": 0.95
        }]'::jsonb
    )
    $$,
    'add_screenshot appends an element with exactly the keys of the contract'
);
select is(
    public.add_screenshot('11111111-0000-4000-8000-00000000b001', 'https://example.org/2.png'), 1,
    'add_screenshot needs no more than step and url'
);
select results_eq(
    $$
    select
        (s.screenshots -> 1) - 'timestamp',
        public.from_iso8601(s.screenshots #>> '{1,timestamp}') between now() and clock_timestamp()
    from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    $$
    values (
        '{
            "url": "https://example.org/2.png", "thumbnail_url": null, "action": null,
            "selector": null, "element_found": null, "confidence": null
        }'::jsonb,
        true
    )
    $$,
    'a screenshot is of the present time by default, and has all keys'
);
select results_eq(
    $$
    select s.screenshot_url, s.step_index, s.action_description, s.confidence_score
    from public.workflow_trace_screenshot as s
    order by s.screenshot_url
    $$,
    $$
    values
    ('https://example.org/1.png', 1, 'click', 0.95::numeric(3, 2)),
    ('https://example.org/2.png', 1, '', null)
    $$,
    'a screenshot that new code adds reads under the old name, with the number of its step'
);
prepare null_url as select public.add_screenshot('11111111-0000-4000-8000-00000000b001', null);
select throws_ok('null_url', '22023', null, 'add_screenshot refuses a null url');
prepare empty_url as select public.add_screenshot('11111111-0000-4000-8000-00000000b001', '');
select throws_ok('empty_url', '22023', null, 'add_screenshot refuses an empty url');
prepare screenshot_of_unknown_step as
select public.add_screenshot('99999999-0000-4000-8000-00000000b001', 'a');
select throws_ok(
    'screenshot_of_unknown_step', 'P0002', null,
    'add_screenshot knows no unknown step'
);
prepare screenshot_of_south as
select public.add_screenshot('22222222-0000-4000-8000-00000000b001', 'a');
select throws_ok(
    'screenshot_of_south', 'P0002', null, 'add_screenshot finds no step of another tenant'
);

-- A float as drivers send it, and what may stand for one.
select is(
    public.add_screenshot(
        '11111111-0000-4000-8000-00000000b001', 'c', confidence => 0.95::float8
    ),
    1,
    'add_screenshot takes a float'
);
set local extra_float_digits = -10;
select is(
    (
        select sum(
            public.add_screenshot(
                '11111111-0000-4000-8000-00000000b001', 'c', confidence => v.confidence
            )
        )
        from unnest(
            array[0.95::float8, 0.1::float8 + 0.2::float8, 1::smallint, 0.5::numeric, null]
        ) as v (confidence)
    ),
    5::bigint,
    'add_screenshot takes any number, whatever digits the session shows'
);
reset extra_float_digits;
select is(
    (
        select jsonb_agg(e.element -> 'confidence' order by e.place)
        from public.user_workflow_run_step as s
        cross join jsonb_array_elements(s.screenshots) with ordinality as e (element, place)
        where s.step_id = '11111111-0000-4000-8000-00000000b001' and e.element ->> 'url' = 'c'
    ),
    '[0.95, 0.95, 0.30000000000000004, 1, 0.5, null]'::jsonb,
    'a confidence is stored as the shortest digits that are the same float'
);
select throws_ok(
    format(
        'select public.add_screenshot(%L, ''c'', confidence => %L::float8)',
        '11111111-0000-4000-8000-00000000b001', n.confidence
    ),
    '22023', null, format('add_screenshot refuses a confidence of %s', n.confidence)
)
from unnest(array['NaN', 'Infinity', '-Infinity']) as n (confidence);

-- add_screenshots ---------------------------------------------------------------------------------

update public.user_workflow_run_step set screenshots = null
where step_id = '11111111-0000-4000-8000-00000000b001';
select is(
    public.add_screenshots(
        '11111111-0000-4000-8000-00000000b001',
        '[
            {"url": "b", "timestamp": "2025-01-14T10:30:00Z", "camera": "left"},
            {"url": "a", "timestamp": "2025-01-14T10:30:00Z"}
        ]'
    ),
    2,
    'add_screenshots returns how many screenshots it added'
);
select results_eq(
    'screenshots_of_north',
    $$
    values (
        '[
            {"url": "b", "timestamp": "2025-01-14T10:30:00Z", "camera": "left"},
            {"url": "a", "timestamp": "2025-01-14T10:30:00Z"}
        ]'::jsonb
    )
    $$,
    'add_screenshots makes an array of a null document, keeps order and further keys'
);
select is(
    public.add_screenshots('11111111-0000-4000-8000-00000000b001', '[{"url": "c"}]'), 1,
    'add_screenshots needs no timestamp'
);
select results_eq(
    $$
    select jsonb_array_length(s.screenshots), s.screenshots #> '{2}' ? 'timestamp'
    from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    'values (3, true)',
    'add_screenshots appends, and stamps what has no timestamp'
);
select is(
    public.add_screenshots('11111111-0000-4000-8000-00000000b001', '[]'), 0,
    'add_screenshots of nothing adds nothing'
);
select throws_ok(
    format(
        'select public.add_screenshots(''11111111-0000-4000-8000-00000000b001'', %L::jsonb)',
        b.screenshots
    ),
    '22023', null,
    format('add_screenshots refuses screenshots %s', b.why)
)
from bad_screenshot as b;
select results_eq(
    $$
    select jsonb_array_length(s.screenshots) from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    'values (3)',
    'add_screenshots that refuses one screenshot adds none of the others'
);
prepare screenshots_of_south as
select public.add_screenshots('22222222-0000-4000-8000-00000000b001', '[{"url": "a"}]');
select throws_ok(
    'screenshots_of_south', 'P0002', null, 'add_screenshots finds no step of another tenant'
);

set local app.current_org_id = '';
prepare event_without_organisation as
select public.add_event('11111111-0000-4000-8000-00000000b001', 'a');
select throws_ok(
    'event_without_organisation', 'P0002', null,
    'a session of no organisation finds no step to add an event to'
);

reset role;
select results_eq(
    $$
    select s.events, s.screenshots from public.user_workflow_run_step as s
    where s.step_id = '22222222-0000-4000-8000-00000000b001'
    $$,
    $$ values ('[]'::jsonb, '[]'::jsonb) $$,
    'whatever North tried, the step of South has not changed'
);
set local role workflow_app;
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    public.add_event('22222222-0000-4000-8000-00000000b001', 'a'), 1,
    'control: South can add an event to its step'
);
select is(
    public.add_screenshot('22222222-0000-4000-8000-00000000b001', 'a'), 1,
    'control: South can add a screenshot to its step'
);
reset role;

select * from finish();
rollback;
