-- What each old table has to hold, and the rows that it refused.

begin;
select plan(22);

select results_eq(
    format(
        $$
        select a.attname::text from pg_attribute as a
        where a.attrelid = 'consolidation.back_%s'::regclass
        order by a.attnum
        $$,
        n.name
    ),
    format(
        $$
        select a.attname::text from pg_attribute as a
        where a.attrelid = 'legacy.%s'::regclass and a.attnum > 0 and not a.attisdropped
        order by a.attnum
        $$,
        n.table_name
    ),
    format('back_%s has the columns of the old table, in its order', n.name)
)
from (
    values
    ('trace', 'workflow_trace'),
    ('step', 'workflow_steps'),
    ('event', 'workflow_events'),
    ('screenshot', 'workflow_trace_screenshot'),
    ('context', 'workflow_trace_context'),
    ('endpoint', 'workflow_trace_endpoint')
) as n (name, table_name);
select bag_eq(
    format('select b.* from consolidation.back_%s as b', n.name),
    format('select o.* from consolidation.old_%s as o', n.name),
    format('what was carried over is what the old table of back_%s has to hold', n.name)
)
from (
    values
    ('trace', 'workflow_trace'),
    ('step', 'workflow_steps'),
    ('event', 'workflow_events'),
    ('screenshot', 'workflow_trace_screenshot'),
    ('context', 'workflow_trace_context'),
    ('endpoint', 'workflow_trace_endpoint')
) as n (name, table_name);

-- Hospital North (1…) with what the old tables cannot hold.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 1) as n;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
update public.user_workflow_run
set
    context = jsonb_build_object('short', 1, repeat('k', 256), 2),
    endpoints_used = '[7, 7, "orders"]',
    events = '[
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z"}, {"type": "a", "timestamp": "noon"}
    ]',
    screenshots = '[{"url": "a", "timestamp": "2025-01-14T10:30:00Z"}]'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set screenshots = '[
    {"url": "a", "timestamp": "2025-01-14T10:30:00Z"}, {"url": "a", "timestamp": "noon"}
]'
where legacy_step_id = 910101;
select is(
    (
        select count(*)::integer from consolidation.back_event as b where b.trace_id = 910001
    ),
    1,
    'an event that does not fit is not for the old table'
);
select is(
    (
        select count(*)::integer from consolidation.back_screenshot as b where b.trace_id = 910001
    ),
    1,
    'a screenshot that does not fit is not for the old table'
);
select results_eq(
    'select b.key::text from consolidation.back_context as b where b.trace_id = 910001',
    $$ values ('short') $$,
    'a key that does not fit is not for the old table'
);
select results_eq(
    'select b.endpoint_id from consolidation.back_endpoint as b where b.trace_id = 910001',
    'values (7::bigint)',
    'an endpoint is for the old table once, however often it stands in the document'
);

select is_empty('select from consolidation.set_aside', 'nothing was refused so far');
select lives_ok(
    $$
    select consolidation.set_aside('workflow_events', 910001, '{"event_id": 7}', '23514', 'no')
    $$,
    'a refused row can be noted'
);
select results_eq(
    $$
    select a.table_name, a.trace_id, a.content, a.error_code, a.message, a.at = now()
    from consolidation.set_aside as a
    $$,
    $$ values ('workflow_events', 910001::bigint, '{"event_id": 7}'::jsonb, '23514', 'no', true) $$,
    'with its table, its run, itself, the SQLSTATE and the message'
);
select results_eq(
    $$
    select o.table_name, o.key from consolidation.only_in_documents() as o
    where o.what ~ '23514, no: .*7'
    $$,
    $$ values ('workflow_events', 'trace_id 910001') $$,
    'it is listed by only_in_documents()'
);
set local role workflow_app;
select throws_ok(
    'select from consolidation.set_aside', '42501', null,
    'applications cannot read what was refused'
);
reset role;
set local role workflow_maintenance;
select lives_ok('delete from consolidation.set_aside', 'maintenance can take it off the list');
reset role;

select * from finish();
rollback;
