-- refused_rows: what an old table refused outlives a rebuild.

begin;
select plan(14);

-- Hospital North (1...): a run and a step that the old tables have, and a step that they refused.
insert into consolidation.old_trace (
    trace_id, workflow_id, org_id, channel, created_by, status
)
overriding system value
values (
    910001, '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001', 'running'
);
insert into consolidation.old_step (step_id, trace_id, step_number, status, node_id)
overriding system value
values (910101, 910001, 1, 'running', '11111111-0000-4000-8000-00000000e001');
insert into consolidation.old_event (event_id, trace_id, event_type, event_data)
overriding system value
values (910201, 910001, 'former', '{}');
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
values
('workflow_steps', 910001, '{"step_id": 910102}', '23514', 'no'),
('workflow_steps', 910001, '{"step_id": 910101}', '23514', 'no'),
('workflow_events', 910001, '{"event_id": 910201}', '23514', 'no'),
('workflow_events', 910001, '{"event_id": 910202}', '23514', 'no'),
('workflow_trace_context', 910001, '{"key": "k"}', '23514', 'no'),
('workflow_trace', 910002, '{"trace_id": 910002}', '23514', 'no');

select ok(consolidation.is_any_refused('{910001}'), 'a run of which rows were refused is known');
select ok(not consolidation.is_any_refused('{1}'), 'and one of which none was');
select results_eq(
    $$ select f.trace_id, f.refused from consolidation.refused_rows('{910001, 910002}') as f $$,
    $$
    values (
        910001::bigint,
        '{"workflow_events": ["910202"], "workflow_trace_context": ["k"]}'::jsonb
    )
    $$,
    'elements without a former version in the old table are told, by table'
);
select is_empty(
    $$ select from consolidation.refused_rows('{}') $$, 'no run has none'
);
select ok(consolidation.is_only_here(910001, 910102, 2), 'a step that was refused');
select ok(not consolidation.is_only_here(910001, 910102, 1), 'not if its number is taken');
select ok(not consolidation.is_only_here(910001, 910101, 1), 'not one with a former version');
select ok(not consolidation.is_only_here(910001, 910103, 3), 'not one that was never refused');
select ok(not consolidation.is_only_here(910001), 'not a run that is there');
select ok(consolidation.is_only_here(910002), 'a run that was refused');
select ok(consolidation.is_only_here(910002, 910104, 1), 'and what is below it');

-- note_replaced -----------------------------------------------------------------------------------

insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, events
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '{}', '[{"type": "x", "timestamp": "2025-01-14T10:30:00Z", "event_id": 910202}]'
);
set local timezone = 'UTC';
update consolidation.set_aside as a
set content = (
    select to_jsonb(b) from consolidation.back_event as b where b.trace_id = 910001
)
where a.content = '{"event_id": 910202}';
set local timezone = 'Asia/Tokyo';
select lives_ok(
    $$ select consolidation.note_replaced('{910001}') $$, 'what documents hold no more is noted'
);
select results_eq(
    $$
    select a.content ->> 'event_id', a.replaced_at is not null
    from consolidation.set_aside as a
    where a.trace_id = 910001 and a.table_name = 'workflow_events'
    order by 1
    $$,
    $$ values ('910201', true), ('910202', false) $$,
    'and only that, whatever the time zone of the session'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.note_replaced('{}') $$, '42501', null, 'applications cannot ask'
);
reset role;

select * from finish();
rollback;
