-- Elements into the old tables: each by its own id, one after another where they take a key over.

begin;
select plan(5);

-- Hospital North (1…) with a run that has context keys, events and endpoints.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, endpoints_used,
    events, legacy
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '{"a": 1, "b": 2}', '[7, 8, 7]',
    '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1.10, "event_id": 910901}]',
    '{"context": {"a": {"context_id": 910801}, "b": {"context_id": 910802}}}'
);
select consolidation.put_in(array[910001]);
update public.user_workflow_run
set
    context = '{"a": 1, "c": 2}',
    events = jsonb_set(events, '{0,data}', '1.1'),
    -- The key that "a" was is gone, and another one has its name.
    legacy = '{"context": {"a": {"context_id": 910803}, "c": {"context_id": 910802}}}'
where legacy_trace_id = 910001;
select lives_ok(
    'select consolidation.put_in_contexts(array[910001])',
    'a row takes over the key of one that goes in the same call'
);
select bag_eq(
    $$
    select c.context_id, c.key::text from legacy.workflow_trace_context as c
    where c.trace_id = 910001
    $$,
    $$ values (910803::bigint, 'a'), (910802, 'c') $$,
    'each row is the one with its id'
);
select consolidation.put_in_events(array[910001]);
select is(
    (select e.event_data::text from legacy.workflow_events as e where e.event_id = 910901), '1.1',
    'a number with other digits is another value'
);
select bag_eq(
    $$
    select e.endpoint_id from legacy.workflow_trace_endpoint as e where e.trace_id = 910001
    $$,
    'values (7::bigint), (8)', 'an endpoint is there once, however often a document has it'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.put_in_events('{}') $$, '42501', null, 'applications cannot put in'
);
reset role;

select * from finish();
rollback;
