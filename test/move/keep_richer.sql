-- keep_richer: what only documents can say outlives a rebuild.

begin;
select plan(3);

-- Hospital North (1…): a run as it was rebuilt.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 1) as n;
insert into consolidation.old_trace (
    trace_id, workflow_id, org_id, channel, created_by, status
)
overriding system value
values (
    910001, '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001', 'running'
);
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
