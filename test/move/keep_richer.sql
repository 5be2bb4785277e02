-- keep_richer: what only documents can say outlives a rebuild.

begin;
select plan(11);

-- merge_elements: what only the documents can say is kept -----------------------------------------

select ok(
    (
        select 'plan_cache_mode=force_generic_plan' = any (p.proconfig) from pg_proc as p
        where p.oid = 'consolidation.merge_elements(jsonb, jsonb, jsonb, text)'::regprocedure
    ),
    'it is not planned anew for each step'
);
select is(
    consolidation.merge_elements(m.known::jsonb, m.rebuilt::jsonb, m.by_id::jsonb, 'event'),
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

-- keep_richer -------------------------------------------------------------------------------------

-- Hospital North (1…): a run as it was rebuilt.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 1) as n;
update public.user_workflow_run
set
    context = '{"short": 2}', endpoints_used = '[7]',
    events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": null, "event_id": 7}]'
where legacy_trace_id = 910001;
select lives_ok(
    format(
        $$
        select consolidation.keep_richer(
            array[
                row(
                    '11111111-0000-4000-8000-00000000a001', 910001, %L, '[7, "orders", 8]',
                    '[
                        {
                            "type": "a", "timestamp": "2025-01-14 12:30:00+02", "event_id": 7,
                            "note": 1
                        },
                        "a text"
                    ]',
                    '[]', '{"context": {"short": {"context_id": 1}}}'
                )::consolidation.known_run
            ],
            '{}'
        )
        $$,
        jsonb_build_object('short', 1, repeat('k', 256), 'long')
    ),
    'documents are given back what only they can say'
);
select results_eq(
    $$
    select
        r.context, r.endpoints_used, r.events
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910001
    $$,
    format(
        $$
        values (
            %L::jsonb, '[7, "orders"]'::jsonb,
            '[
                {
                    "type": "a", "timestamp": "2025-01-14 12:30:00+02", "data": null, "event_id": 7,
                    "note": 1
                },
                "a text"
            ]'::jsonb
        )
        $$,
        jsonb_build_object('short', 2, repeat('k', 256), 'long')
    ),
    'long keys, further keys, other elements and forms are back; what the old rows say is theirs'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.keep_richer('{}', '{}') $$, '42501', null, 'applications cannot ask'
);
reset role;

select * from finish();
rollback;
