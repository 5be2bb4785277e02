-- The old name workflow_trace_screenshot: the elements of "screenshots" of runs and steps as rows.

begin;
select plan(62);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, screenshots
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '[{
        "url": "https://example.org/9.png", "thumbnail_url": null,
        "timestamp": "2025-01-14T10:30:09Z", "action": "wait", "selector": null,
        "element_found": null, "confidence": null,
        "screenshot_id": "11111111-0000-4000-8000-000000005009",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e009", "node_name": "waiting",
        "step_index": 9
    }]'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002,
    null
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001,
    '[]'
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, screenshots
)
values
(
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101,
    '[{
        "url": "https://example.org/1.png", "thumbnail_url": "https://example.org/1s.png",
        "timestamp": "2025-01-14T10:30:01Z", "action": "click", "selector": "#ok",
        "element_found": true, "confidence": 0.90,
        "screenshot_id": "11111111-0000-4000-8000-000000005001",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e001", "node_name": "login",
        "step_index": 1, "camera": "left"
    }]'
),
(
    '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e002', 2, 910102, null
),
(
    '11111111-0000-4000-8000-00000000b003', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e003', 3, 910103, '[]'
);

-- Shape -------------------------------------------------------------------------------------------

select has_view('public', 'workflow_trace_screenshot', 'workflow_trace_screenshot is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'public.workflow_trace_screenshot'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'legacy.workflow_trace_screenshot'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

prepare screenshots_of_910001 as
select s.* from public.workflow_trace_screenshot as s where s.trace_id = 910001
order by s.screenshot_id;
select results_eq(
    'screenshots_of_910001',
    $$
    values
    (
        '11111111-0000-4000-8000-000000005001'::uuid, 910001::bigint,
        '11111111-0000-4000-8000-000000000000'::uuid, 'login'::varchar(255), 1,
        'https://example.org/1.png'::text, 'https://example.org/1s.png'::text, 'click'::text,
        '#ok'::text, true, 0.90::numeric(3, 2), '2025-01-14 10:30:01+00'::timestamptz,
        '11111111-0000-4000-8000-00000000e001'::uuid
    ),
    (
        '11111111-0000-4000-8000-000000005009', 910001, '11111111-0000-4000-8000-000000000000',
        'waiting', 9, 'https://example.org/9.png', null, 'wait', null, null, null,
        '2025-01-14 10:30:09+00', '11111111-0000-4000-8000-00000000e009'
    )
    $$,
    'screenshots of run and steps read as the rows that the old table would hold'
);
select bag_eq(
    $$
    select s.* from public.workflow_trace_screenshot as s
    where s.trace_id not in (910001, 910002, 920001)
    $$,
    'select s.* from legacy.workflow_trace_screenshot as s',
    'carried-over screenshots read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_trace_screenshot), '>', 100,
    'there are carried-over screenshots to compare'
);

-- Insert ------------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    )
    values (
        910001, '11111111-0000-4000-8000-000000000000', 'search', 2, 'https://example.org/2.png',
        'type', '11111111-0000-4000-8000-00000000e002'
    )
    returning
        screenshot_id is not null, screenshot_id <> '0946dd8e-ce1c-4e28-a961-a5a206c819fe',
        element_found, created_at = now(), thumbnail_url, confidence_score
    $$,
    $$ values (true, true, false, true, null::text, null::numeric(3, 2)) $$,
    'an insert returns a new id and the defaults of the old table'
);
select results_eq(
    $$
    select
        jsonb_array_length(s.screenshots),
        s.screenshots -> 0 ->> 'url',
        s.screenshots -> 0 ->> 'action',
        s.screenshots -> 0 -> 'element_found',
        (s.screenshots -> 0 ->> 'timestamp')::timestamptz = now(),
        s.screenshots -> 0 ?& array[
            'url', 'thumbnail_url', 'timestamp', 'action', 'selector', 'element_found',
            'confidence',
            'screenshot_id', 'org_id', 'node_id', 'node_name', 'step_index'
        ]
    from public.user_workflow_run_step as s
    where s.legacy_step_id = 910102
    $$,
    $$ values (1, 'https://example.org/2.png', 'type', 'false'::jsonb, true, true) $$,
    'an inserted screenshot is an element of the step that step_index names, with all its keys'
);
select results_eq(
    $$
    insert into public.workflow_trace_screenshot (
        screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, thumbnail_url,
        action_description, element_selector, element_found, confidence_score, created_at, node_id
    )
    values (
        '11111111-0000-4000-8000-000000005010', 910002, '11111111-0000-4000-8000-000000000000',
        'login', 1, 'https://example.org/10.png', 'https://example.org/10s.png', 'click', '#go',
        true, 0.5, '2025-01-14 12:30:00.25+02', '11111111-0000-4000-8000-00000000e001'
    )
    returning screenshot_id, confidence_score
    $$,
    $$ values ('11111111-0000-4000-8000-000000005010'::uuid, 0.50::numeric(3, 2)) $$,
    'an insert keeps an explicit screenshot_id'
);
select results_eq(
    $$
    insert into public.workflow_trace_screenshot (
        screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url,
        action_description, node_id
    )
    values (
        '00000000-0000-0000-0000-000000000000', 910002, '11111111-0000-4000-8000-000000000000',
        'nil', 1, 'https://example.org/0.png', 'click', '11111111-0000-4000-8000-00000000e001'
    )
    returning screenshot_id
    $$,
    $$ values ('00000000-0000-0000-0000-000000000000'::uuid) $$,
    'the nil uuid is not taken for a screenshot_id that was left out'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set screenshot_id = default
    where trace_id = 910002 and node_name = 'nil'
    returning screenshot_id::text ~ '^(?!0946dd8e).{14}4'
    $$,
    'values (true)',
    'a screenshot_id that is set to its default is a random one'
);
delete from public.workflow_trace_screenshot where trace_id = 910002 and node_name = 'nil';
select is(
    (select r.screenshots from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '[{
        "url": "https://example.org/10.png", "thumbnail_url": "https://example.org/10s.png",
        "timestamp": "2025-01-14T10:30:00.25Z", "action": "click", "selector": "#go",
        "element_found": true, "confidence": 0.50,
        "screenshot_id": "11111111-0000-4000-8000-000000005010",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e001", "node_name": "login", "step_index": 1
    }]'::jsonb,
    'a screenshot whose step_index names no step is an element of the run'
);
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_trace_screenshot (
            trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
        )
        select
            920001, '22222222-0000-4000-8000-000000000000', 'login', n,
            'https://example.org/' || n, 'click', '22222222-0000-4000-8000-00000000e001'
        from generate_series(1, 4) as n
        returning screenshot_id
    )
    select count(distinct i.screenshot_id)::integer from inserted as i
    $$,
    'values (4)',
    'rows of one insert get different ids'
);
select results_eq(
    $$
    select s.screenshot_url from public.workflow_trace_screenshot as s
    where s.trace_id = 920001
    order by s.screenshot_url
    $$,
    $$
    values
    ('https://example.org/1'), ('https://example.org/2'), ('https://example.org/3'),
    ('https://example.org/4')
    $$,
    'rows of one insert all arrive'
);

-- Errors ------------------------------------------------------------------------------------------

select throws_ok(
    format(
        'insert into public.workflow_trace_screenshot (
            screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url,
            action_description, created_at, node_id
        )
        select
            %s, %s, %s, %s, %s, %s, %s, %s, %s',
        case c.name when 'screenshot_id' then 'null::uuid' else 'gen_random_uuid()' end,
        case c.name when 'trace_id' then 'null::bigint' else '910001' end,
        case c.name when 'org_id' then 'null::uuid'
        else '''11111111-0000-4000-8000-000000000000''::uuid' end,
        case c.name when 'node_name' then 'null' else '''login''' end,
        case c.name when 'step_index' then 'null::integer' else '1' end,
        case c.name when 'screenshot_url' then 'null' else '''https://example.org''' end,
        case c.name when 'action_description' then 'null' else '''click''' end,
        case c.name when 'created_at' then 'null::timestamptz' else 'now()' end,
        case c.name when 'node_id' then 'null::uuid'
        else '''11111111-0000-4000-8000-00000000e001''::uuid' end
    ),
    '23502', null,
    format('an insert with a null %s is refused', c.name)
)
from unnest(
    array[
        'screenshot_id', 'trace_id', 'org_id', 'node_name', 'step_index', 'screenshot_url',
        'action_description', 'created_at', 'node_id'
    ]
) as c (name);
select throws_ok(
    format(
        'update public.workflow_trace_screenshot set %I = null '
        'where screenshot_id = ''11111111-0000-4000-8000-000000005001''', c.name
    ),
    '23502', null,
    format('an update cannot take %s away', c.name)
)
from unnest(
    array[
        'screenshot_id', 'trace_id', 'org_id', 'node_name', 'step_index', 'screenshot_url',
        'action_description', 'created_at', 'node_id'
    ]
) as c (name);

prepare unknown_trace as
insert into public.workflow_trace_screenshot (
    trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
)
values (
    999999999, '11111111-0000-4000-8000-000000000000', 'login', 1, 'https://example.org', 'click',
    '11111111-0000-4000-8000-00000000e001'
);
select throws_ok('unknown_trace', '23503', null, 'a screenshot of an unknown trace is refused');

prepare move_to_unknown_trace as
update public.workflow_trace_screenshot set trace_id = 999999999
where screenshot_id = '11111111-0000-4000-8000-000000005001';
select throws_ok(
    'move_to_unknown_trace', '23503', null, 'a screenshot cannot move to an unknown trace'
);

prepare used_id as
insert into public.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id
)
values (
    '11111111-0000-4000-8000-000000005001', 910001, '11111111-0000-4000-8000-000000000000', 'login',
    2, 'https://example.org', 'click', '11111111-0000-4000-8000-00000000e001'
);
select throws_ok('used_id', '23505', null, 'a screenshot_id that the trace has is refused');

prepare id_to_a_used_one as
update public.workflow_trace_screenshot
set screenshot_id = '11111111-0000-4000-8000-000000005009'
where screenshot_id = '11111111-0000-4000-8000-000000005001';
select throws_ok('id_to_a_used_one', '23505', null, 'a screenshot_id cannot become a used one');

prepare long_name as
update public.workflow_trace_screenshot set node_name = repeat('x', 256)
where screenshot_id = '11111111-0000-4000-8000-000000005001';
select throws_ok('long_name', '22001', null, 'a node_name of 256 characters is refused');

prepare high_confidence as
update public.workflow_trace_screenshot set confidence_score = 10
where screenshot_id = '11111111-0000-4000-8000-000000005001';
select throws_ok('high_confidence', '22003', null, 'a confidence_score of 10 is refused');

prepare upsert as
insert into public.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id
)
values (
    '11111111-0000-4000-8000-000000005001', 910001, '11111111-0000-4000-8000-000000000000', 'login',
    2, 'https://example.org', 'click', '11111111-0000-4000-8000-00000000e001'
)
on conflict (screenshot_id) do nothing;
select throws_ok('upsert', '42P10', null, 'on conflict is refused: there is no index to infer');
select throws_ok(
    'truncate public.workflow_trace_screenshot', '42809', null, 'truncate is refused: it is a view'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_trace_screenshot
    set screenshot_url = 'https://example.org/moved.png', confidence_score = 0.125
    where screenshot_id = '11111111-0000-4000-8000-000000005001'
    returning screenshot_url, confidence_score
    $$,
    $$ values ('https://example.org/moved.png', 0.13::numeric(3, 2)) $$,
    'an update returns the new values, rounded as the column rounds'
);
select is(
    (select s.screenshots from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    '[{
        "url": "https://example.org/moved.png", "thumbnail_url": "https://example.org/1s.png",
        "timestamp": "2025-01-14T10:30:01Z", "action": "click", "selector": "#ok",
        "element_found": true, "confidence": 0.13,
        "screenshot_id": "11111111-0000-4000-8000-000000005001",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e001", "node_name": "login",
        "step_index": 1, "camera": "left"
    }]'::jsonb,
    'an update changes the keys it names, and keeps unknown keys'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set element_found = null, thumbnail_url = null
    where screenshot_id = '11111111-0000-4000-8000-000000005001'
    returning element_found, thumbnail_url
    $$,
    'values (null::boolean, null::text)',
    'columns that may be null can become null'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set action_description = 'waited'
    where screenshot_id = '11111111-0000-4000-8000-000000005009'
    returning action_description
    $$,
    $$ values ('waited') $$,
    'a screenshot of no step can be updated'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_trace_screenshot set node_name = node_name || '!'
        where trace_id = 910001
        returning node_name
    )
    select u.node_name::text from updated as u order by 1
    $$,
    $$ values ('login!'), ('search!'), ('waiting!') $$,
    'one statement updates several screenshots'
);
select is_empty(
    $$
    update public.workflow_trace_screenshot set node_name = 'x'
    where screenshot_id = '99999999-0000-4000-8000-000000005009'
    returning 1
    $$,
    'an update of an unknown screenshot_id changes no row'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set step_index = 3
    where screenshot_id = '11111111-0000-4000-8000-000000005001'
    returning step_index
    $$,
    'values (3)',
    'step_index can become that of another step'
);
select results_eq(
    $$
    select s.step_index, s.node_name::text from public.workflow_trace_screenshot as s
    where s.screenshot_id = '11111111-0000-4000-8000-000000005001'
    $$,
    $$ values (3, 'login!') $$,
    'a screenshot whose step_index changed is still one row'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set trace_id = 910002
    where screenshot_id = '11111111-0000-4000-8000-000000005001'
    returning trace_id
    $$,
    'values (910002::bigint)',
    'a screenshot can move to another run'
);
select is(
    (
        select array_agg(x.element ->> 'camera')
        from public.user_workflow_run as r
        cross join lateral jsonb_array_elements(r.screenshots) as x (element)
        where
            r.legacy_trace_id = 910002
            and x.element @> '{"screenshot_id": "11111111-0000-4000-8000-000000005001"}'
    ),
    array['left'],
    'a moved screenshot keeps its unknown keys'
);

-- Delete ------------------------------------------------------------------------------------------

select results_eq(
    $$
    delete from public.workflow_trace_screenshot
    where screenshot_id = '11111111-0000-4000-8000-000000005009'
    returning screenshot_id, node_name::text
    $$,
    $$ values ('11111111-0000-4000-8000-000000005009'::uuid, 'waiting!') $$,
    'a delete returns the screenshot'
);
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_trace_screenshot where trace_id = 920001 returning trace_id
    )
    select count(*)::integer from deleted
    $$,
    'values (4)',
    'one statement deletes all screenshots of a run'
);
select is(
    (select r.screenshots from public.user_workflow_run as r where r.legacy_trace_id = 920001),
    '[]'::jsonb,
    'a run whose screenshots were deleted has an empty array'
);
select is_empty(
    $$
    delete from public.workflow_trace_screenshot
    where screenshot_id = '11111111-0000-4000-8000-000000005009'
    returning 1
    $$,
    'a delete of an unknown screenshot_id deletes no row'
);

-- What new code writes ----------------------------------------------------------------------------

update public.user_workflow_run_step
set
    screenshots = '[
        {
            "url": "https://example.org/new.png", "timestamp": "2025-01-14T10:30:00Z",
            "action": "click", "confidence": 0.959
        },
        {"url": 7, "timestamp": "noon", "element_found": "yes", "confidence": "high"},
        {"url": null, "step_index": "1", "node_id": "none", "org_id": 5, "confidence": 1e400},
        {"step_index": 99999999999, "screenshot_id": "no uuid", "confidence": "NaN"},
        "a text", 7, null, [1]
    ]'
where legacy_step_id = 910102;
update public.user_workflow_run set screenshots = '{"no": "array"}' where legacy_trace_id = 910002;
update public.user_workflow_run_step set screenshots = '5' where legacy_step_id = 910103;

select results_eq(
    $$
    select
        s.step_index, s.node_id, s.org_id, s.node_name::text, s.confidence_score, s.element_found,
        s.created_at
    from public.workflow_trace_screenshot as s
    where s.screenshot_url = 'https://example.org/new.png'
    $$,
    $$
    values (
        2, '11111111-0000-4000-8000-00000000e002'::uuid,
        '11111111-0000-4000-8000-000000000000'::uuid, '', 0.96::numeric(3, 2), null::boolean,
        '2025-01-14 10:30:00+00'::timestamptz
    )
    $$,
    'a screenshot without old keys reads with those of its step and run'
);
select is(
    (
        select count(*)::integer from public.workflow_trace_screenshot as s
        where s.trace_id = 910001
    ),
    8,
    'every element of an array is a row, whatever it is'
);
select is(
    (
        select count(distinct s.screenshot_id)::integer
        from public.workflow_trace_screenshot as s
        where s.trace_id = 910001
    ),
    8,
    'elements without ids show different ones'
);
select is_empty(
    $$
    select from public.workflow_trace_screenshot as s
    where s.trace_id = 910001 and (s.step_index <> 2 or s.node_id is null or s.org_id is null)
    $$,
    'a step_index, node_id or org_id that is none reads as that of the step or run'
);
select is_empty(
    'select from public.workflow_trace_screenshot as s where s.trace_id = 910002',
    'a document that is no array has no screenshots'
);
select results_eq(
    $$
    update public.workflow_trace_screenshot set action_description = 'double click'
    where screenshot_url = 'https://example.org/new.png'
    returning action_description
    $$,
    $$ values ('double click') $$,
    'a screenshot without old keys can be updated'
);
select is(
    (
        select s.screenshots -> 0
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910102
    ),
    '{
        "url": "https://example.org/new.png", "timestamp": "2025-01-14T10:30:00Z",
        "action": "double click", "confidence": 0.959
    }'::jsonb,
    'an update gives an element no key that it did not name, and rounds none'
);

-- Several elements without ids in one statement: the position of one is not the identity of the
-- next.
update public.user_workflow_run_step
set screenshots = '[
    {"url": "https://example.org/a", "timestamp": "2025-01-14T10:30:00Z", "action": "a"},
    {"url": "https://example.org/b", "timestamp": "2025-01-14T10:30:01Z", "action": "b"},
    {"url": "https://example.org/c", "timestamp": "2025-01-14T10:30:02Z", "action": "c"}
]'
where legacy_step_id = 910102;
select lives_ok(
    'delete from public.workflow_trace_screenshot
    where trace_id = 910001 and screenshot_url <> ''https://example.org/c''',
    'one statement can delete several screenshots without ids'
);
select is(
    (select s.screenshots from public.user_workflow_run_step as s where s.legacy_step_id = 910102),
    '[{"url": "https://example.org/c", "timestamp": "2025-01-14T10:30:02Z", "action": "c"}]'::jsonb,
    'deleting several screenshots without ids deletes these, and no other'
);

select * from finish();
rollback;
