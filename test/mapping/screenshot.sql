-- Screenshots, both ways: their keys, elements and rows.

begin;
select plan(23);

-- Both sides -------------------------------------------------------------------------------------

select bag_eq(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_screenshot'::regclass
    $$,
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_trace_screenshot'::regclass and a.attnum > 0
    $$,
    'old_screenshot has every column of the old table, in its type'
);
select results_eq(
    $$
    select distinct d.refobjid
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where
        w.ev_class = 'consolidation.old_screenshot'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> w.ev_class
    $$,
    $$ values ('legacy.workflow_trace_screenshot'::regclass::oid) $$,
    'old_screenshot is bound to the old table, wherever that stands'
);
select is_empty(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_screenshot'::regclass
    except
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.screenshot_row'::regclass
    $$,
    'screenshot_row has all these columns in the same types'
);
select bag_eq(
    $$
    select
        v.screenshot_id, v.trace_id, v.org_id, v.node_name, v.step_index, v.screenshot_url,
        v.thumbnail_url, v.action_description, v.element_selector, v.element_found,
        v.confidence_score, v.created_at, v.node_id
    from consolidation.screenshot_row as v
    $$,
    'select v.* from consolidation.old_screenshot as v',
    'what was carried over reads in screenshot_row as it stands in the old table, row by row'
);
select cmp_ok(
    (select count(*)::integer from consolidation.screenshot_row), '>', 50,
    'there are rows to compare'
);
select is_empty(
    'select from consolidation.screenshot_row as v where not v.as_built',
    'everything that was carried over is as consolidate() builds it'
);

-- Elements ----------------------------------------------------------------------------------------

set local timezone = 'Asia/Kathmandu';
select is(
    consolidation.screenshot_element(
        '11111111-0000-4000-8000-000000005001', '11111111-0000-4000-8000-000000000000', 'login', 1,
        'https://example.org/1.png', null, 'click', '#ok', true, 0.50, '2025-01-14 10:30:00+00',
        '11111111-0000-4000-8000-00000000e001'
    )::text,
    '{
        "url": "https://example.org/1.png", "thumbnail_url": null,
        "timestamp": "2025-01-14T10:30:00Z", "action": "click", "selector": "#ok",
        "element_found": true, "confidence": 0.50,
        "screenshot_id": "11111111-0000-4000-8000-000000005001",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e001", "node_name": "login", "step_index": 1
    }'::jsonb::text,
    'a row of workflow_trace_screenshot becomes an element with these keys, digit by digit'
);
select is(
    consolidation.screenshot_key(
        '{"screenshot_id": "11111111-0000-4000-8000-000000005001"}',
        '11111111-0000-4000-8000-00000000b001', 1
    ),
    '11111111-0000-4000-8000-000000005001'::uuid,
    'a screenshot that has an id keeps it'
);
select is(
    consolidation.fits_screenshot(
        f.element::jsonb, public.from_iso8601(f.element::jsonb ->> 'timestamp'), f.on_step
    ),
    f.expected,
    format('the old table %s the screenshot %s %s',
        case when f.expected then 'holds' else 'cannot hold' end,
        left(regexp_replace(f.element, '\s+', ' ', 'g'), 60),
        case when f.on_step then 'of a step' else 'of no step' end)
)
from (
    values
    ('{"url": "a", "timestamp": "2025-01-14T10:30:00Z"}', true, true),
    ('{"url": "a", "timestamp": "2025-01-14T10:30:00Z"}', false, false),
    (
        '{
            "url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 1,
            "node_id": "11111111-0000-4000-8000-00000000e001"
        }',
        false, true
    ),
    (
        '{
            "url": "a", "timestamp": "2025-01-14T10:30:00Z",
            "node_id": "11111111-0000-4000-8000-00000000e001"
        }',
        false, false
    ),
    ('{"url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 1}', false, false),
    ('{"timestamp": "2025-01-14T10:30:00Z"}', true, false), ('{"url": "a"}', true, false),
    ('7', true, false)
) as f (element, on_step, expected);

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
set screenshots = '[
    {
        "url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 9,
        "node_id": "11111111-0000-4000-8000-00000000e009"
    },
    {"url": "a", "timestamp": "2025-01-14T10:30:00Z"},
    5
]'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set screenshots = jsonb_build_array(
    jsonb_build_object('url', 'b', 'timestamp', '2025-01-14T10:30:00Z', 'confidence', 0.959),
    consolidation.screenshot_element(
        '11111111-0000-4000-8000-000000005001', '22222222-0000-4000-8000-000000000000', 'login', 7,
        'c', null, 'click', null, true, 0.50, '2025-01-14 10:30:00+00',
        '11111111-0000-4000-8000-00000000e002'
    )
)
where legacy_step_id = 910101;
select results_eq(
    $$
    select
        p.on_step_number, p.place, p.screenshot_url, p.step_index, p.node_id, p.org_id,
        p.confidence_score, p.fits, p.as_built
    from consolidation.screenshot_row as p
    where p.trace_id = 910001
    order by p.on_step_number nulls first, p.place
    $$,
    $$
    values
    (
        null::integer, 1::bigint, 'a', 9, '11111111-0000-4000-8000-00000000e009'::uuid,
        '11111111-0000-4000-8000-000000000000'::uuid, null::numeric(3, 2), true, false
    ),
    (
        null, 2, 'a', null, null, '11111111-0000-4000-8000-000000000000', null, false, false
    ),
    (
        null, 3, null, null, null, '11111111-0000-4000-8000-000000000000', null, false, false
    ),
    (
        1, 1, 'b', 1, '11111111-0000-4000-8000-00000000e001',
        '11111111-0000-4000-8000-000000000000', 0.96, true, false
    ),
    (
        1, 2, 'c', 7, '11111111-0000-4000-8000-00000000e002',
        '22222222-0000-4000-8000-000000000000', 0.50, true, true
    )
    $$,
    'each element is a row; what it does not say it has of its step and its run'
);
select is_empty(
    $$
    select from consolidation.screenshot_row as p
    where
        p.trace_id = 910001
        and (p.screenshot_id is null or p.node_name is null or p.action_description is null)
    $$,
    'no screenshot is without an id, a node name and a description'
);
update public.user_workflow_run set screenshots = '"none"' where legacy_trace_id = 910001;
update public.user_workflow_run_step set screenshots = null where legacy_step_id = 910101;
select is_empty(
    'select from consolidation.screenshot_row as p where p.trace_id = 910001',
    'screenshots that are no array are no rows, and break nobody'
);

-- screenshots_of_old_rows -------------------------------------------------------------------------

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
insert into legacy.workflow_steps (step_id, trace_id, step_number, node_id, retry_count)
values (910201, 910002, 1, '11111111-0000-4000-8000-00000000e001', 0);
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    created_at, node_id
)
select
    ('11111111-0000-4000-8000-00000000510' || s.n)::uuid, 910002,
    '11111111-0000-4000-8000-000000000000', 'a', s.step_index, s.url, 'a', s.created_at,
    '11111111-0000-4000-8000-00000000e001'
from (
    values
    (1, 1, 'late', '2025-01-14 10:30:02+00'::timestamptz),
    (3, 1, 'second', '2025-01-14 10:30:01+00'),
    (2, 1, 'first', '2025-01-14 10:30:01+00'),
    (4, 2, 'of no step', '2025-01-14 10:30:01+00')
) as s (n, step_index, url, created_at);
select results_eq(
    $$
    select p.step_number, jsonb_path_query_array(p.screenshots, '$[*].url')
    from consolidation.screenshots_of_old_rows(array[910002], true) as p
    $$,
    $$ values (1, '["first", "second", "late"]'::jsonb) $$,
    'the screenshots of the step whose number they have, by time and then by id'
);
select results_eq(
    $$
    select p.step_number, jsonb_path_query_array(p.screenshots, '$[*].url')
    from consolidation.screenshots_of_old_rows(array[910002], false) as p
    $$,
    $$ values (null::integer, '["of no step"]'::jsonb) $$,
    'the screenshots of no step'
);

-- Rights -----------------------------------------------------------------------------------------

set local role workflow_app;
select throws_ok(
    'select from consolidation.old_screenshot', '42501', null,
    'applications cannot read the old table'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select from consolidation.old_screenshot, consolidation.screenshot_row limit 1',
    'maintenance reads both sides'
);
reset role;

select * from finish();
rollback;
