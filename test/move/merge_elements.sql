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
select results_eq(
    $$
    select
        e.legacy_trace_id, array(select jsonb_object_keys(e.events) order by 1),
        array(select jsonb_object_keys(e.screenshots))
    from known as k
    cross join lateral consolidation.known_elements(k.runs, k.steps) as e
    $$,
    $$
    values (910001::bigint, '{7,9}'::text [], '{11111111-0000-4000-8000-000000005001}'::text [])
    $$,
    'elements of a run and of its steps that the old tables can hold are known by their ids'
);
select is_empty(
    $$ select from consolidation.known_elements('{}', '{}') $$, 'no run has no known elements'
);

select * from finish();
rollback;
