-- merge_elements: arrays keep what only documents can say.

begin;
select plan(9);

-- merge_elements: what only the documents can say is kept -----------------------------------------

select ok(
    (
        select 'plan_cache_mode=force_generic_plan' = any (p.proconfig) from pg_proc as p
        where
            p.oid
            = 'consolidation.merge_elements(jsonb, jsonb, jsonb, text, uuid, jsonb)'::regprocedure
    ),
    'it is not planned anew for each step'
);
select is(
    consolidation.merge_elements(
        m.known::jsonb, m.rebuilt::jsonb, m.by_id::jsonb, 'event',
        '11111111-0000-4000-8000-00000000a001', null
    ),
    m.expected::jsonb,
    m.rule
)
from (
    values
    (
        '[]',
        '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 2, "event_id": 7}]',
        '{"7": {
            "type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7,
            "note": "mine"
        }}',
        '[{
            "type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 2, "event_id": 7,
            "note": "mine"
        }]',
        'a further key of an element survives, a changed value arrives'
    ),
    (
        '[{"type": "a", "timestamp": "2025-01-14 12:30:00+02", "data": 1, "event_id": 7}]',
        '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7}]',
        '{"7": {"type": "a", "timestamp": "2025-01-14 12:30:00+02", "data": 1, "event_id": 7}}',
        '[{"type": "a", "timestamp": "2025-01-14 12:30:00+02", "data": 1, "event_id": 7}]',
        'a timestamp that says the same keeps its form'
    ),
    (
        '["a text", {"type": "a", "timestamp": "noon"}]',
        '[{"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 8}]',
        null,
        '[
            {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 8}, "a text",
            {"type": "a", "timestamp": "noon"}
        ]',
        'elements that the old table cannot hold survive, after the others'
    ),
    (
        '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7}]',
        '[]',
        '{"7": {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7}}',
        '[]',
        'an element that was deleted in the old table is gone'
    ),
    ('{"no": "array"}', '[]', null, '[]', 'a document that is no array has nothing to keep')
) as m (known, rebuilt, by_id, expected, rule);
select is(
    consolidation.merge_elements(
        '[
            {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7},
            {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": 2},
            {"type": "c", "timestamp": "2025-01-14T10:30:00Z", "data": 3, "event_id": 9}
        ]',
        '[{"type": "d", "timestamp": "2025-01-14T10:30:00Z", "data": 4, "event_id": 10}]',
        '{}', 'event', '11111111-0000-4000-8000-00000000a001',
        jsonb_build_array(
            '7', consolidation.synthetic_id('11111111-0000-4000-8000-00000000a001', '2')::text
        )
    ),
    jsonb_build_array(
        '{"type": "d", "timestamp": "2025-01-14T10:30:00Z", "data": 4, "event_id": 10}'::jsonb,
        '{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 7}'::jsonb,
        '{"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": 2}'::jsonb
        || jsonb_build_object(
            'event_id', consolidation.synthetic_id('11111111-0000-4000-8000-00000000a001', '2')
        )
    ),
    'elements that the old table refused survive, under the id that the old name showed'
);

-- known_elements ----------------------------------------------------------------------------------

create temporary table known (
    runs consolidation.known_run [],
    steps consolidation.known_step []
);
insert into known values (
    array[
        row(
            '11111111-0000-4000-8000-00000000a001', 910001, '{}', '[]',
            '[
                {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "event_id": 7, "note": 1},
                {"type": "a", "timestamp": "noon", "event_id": 8}
            ]',
            '"none"', null
        )::consolidation.known_run
    ],
    array[
        row(
            '11111111-0000-4000-8000-00000000b001', 910101, 910001,
            '[{"type": "b", "timestamp": "2025-01-14T10:30:00Z", "event_id": 9}]',
            '[{
                "url": "a", "timestamp": "2025-01-14T10:30:00Z",
                "screenshot_id": "11111111-0000-4000-8000-000000005001"
            }]',
            null
        )::consolidation.known_step
    ]
);
-- Rebuilt: each event is in the other document by now.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, events, screenshots
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '[
        {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "event_id": 9},
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "event_id": 8},
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z"}
    ]',
    '[{
        "url": "a", "timestamp": "2025-01-14T10:30:00Z",
        "screenshot_id": "11111111-0000-4000-8000-000000005001"
    }]'
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, events
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101,
    '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "event_id": 7}]'
);
select results_eq(
    $$
    select right(e.document::text, 4), e.events -> '7' ->> 'note', x.ids
    from known as k
    cross join lateral consolidation.known_elements(k.runs, k.steps) as e
    cross join lateral (
        select string_agg(o.id, ',' order by o.id) as ids
        from (
            select jsonb_object_keys(e.events) as id
            union all
            select right(jsonb_object_keys(e.screenshots), 4)
        ) as o
    ) as x
    order by 1
    $$,
    $$ values ('a001', null, '5001,9'), ('b001', '1', '7') $$,
    'a document is given what was known of its elements, wherever in the run they were'
);
select is_empty(
    $$ select from consolidation.known_elements('{}', '{}') $$, 'no run has no known elements'
);

select * from finish();
rollback;
