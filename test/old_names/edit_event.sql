-- One event of a document: found in the present value, changed, its id taken only once.

begin;
select plan(10);

insert into public.user_workflow_run (
    workflow_id, org_id, channel, created_by, legacy_trace_id, events
)
values (
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-000000000000', 910001,
    '[
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910101},
        {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "data": 2}
    ]'
);
select e.event_id as synthetic_id
from consolidation.event_row as e
where e.trace_id = 910001 and e.place = 2 \gset

select is(
    (select f.place from consolidation.find_event(910001, null, 910101, '{}') as f), 1::bigint,
    'an event is found by its id, whatever it says now'
);
select is(
    (select f.content ->> 'type' from consolidation.find_event(910001, null, 910101, '{}') as f),
    'a', 'what it says now comes with it'
);
select is_empty(
    $$select * from consolidation.find_event(910001, null, 910109, '{}')$$,
    'an event that is gone is not found'
);
select is(
    (
        select f.place
        from consolidation.find_event(
            910001, null, :synthetic_id,
            consolidation.event_element(:synthetic_id, 'b', '2', '2025-01-14 10:30:00+00')
        ) as f
    ),
    2::bigint, 'an event without an id is found by what it says'
);
select throws_ok(
    format($$select * from consolidation.find_event(910001, null, %s, '{}')$$, :synthetic_id),
    '40001', null, 'an event without an id that says something else is to be asked for again'
);

select ok(
    consolidation.change_event(910001, null, 1, '{"type": "c"}'), 'an event is replaced'
);
select ok(consolidation.change_event(910001, null, 2, null), 'an event is removed');
select ok(
    consolidation.change_event(910001, null, null, '{"event_id": 910102}'), 'an event is appended'
);
select is(
    (select r.events from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[{"type": "c"}, {"event_id": 910102}]'::jsonb, 'the document says so'
);
select throws_ok(
    $$select consolidation.refuse_known_event_id(910102, 'public')$$,
    '23505', null, 'an event_id that an element has is refused'
);

select * from finish();
rollback;
