-- Defaults of the old names: those of the old tables, whatever they are here.

begin;
select plan(7);

select is_empty(
    'select * from consolidation.old_default as d where d.wanted is distinct from d.present',
    'the old names have the defaults of the old tables'
);
alter table legacy.workflow_trace
alter column status set default 'new', alter column success set default null,
alter column channel set default 'web';
alter table legacy.workflow_steps
alter column retry_count set default 3, alter column metadata set default '{"a": 1}';
alter table legacy.workflow_events
alter column event_type set default 'note', alter column "timestamp" set default null;
select bag_eq(
    $$
    select concat_ws('.', d.old_name, d.column_name), d.wanted from consolidation.old_default as d
    where d.wanted is distinct from d.present
    $$,
    $$ values
    ('workflow_trace.status', '''new''::text'),
    ('workflow_trace.success', 'NULLIF(false, false)'),
    ('workflow_trace.channel', '''web''::text'),
    ('workflow_steps.retry_count', '3'),
    ('workflow_steps.metadata', '''{"a": 1}''::jsonb'),
    ('workflow_events.event_type', '''note''::character varying'),
    ('workflow_events.timestamp', null) $$,
    'other defaults of the old tables are noticed, and those that are gone'
);
select lives_ok('select consolidation.take_defaults()', 'the old names take them');
select is_empty(
    'select * from consolidation.old_default as d where d.wanted is distinct from d.present',
    'the old names have the other defaults'
);

insert into public.workflow_trace (trace_id, org_id, workflow_id, created_by)
values (
    777, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8001-000000000101',
    '00000000-0000-4000-8002-000000000100'
);
select results_eq(
    'select status, channel, success from public.workflow_trace where trace_id = 777',
    $$ values ('new'::text, 'web'::text, null::boolean) $$,
    'an insert through the name of the runs takes them, and no other'
);
insert into public.workflow_steps (step_id, trace_id, step_number, node_id)
values (7771, 777, 1, '00000000-0000-4000-8003-000000010101');
select results_eq(
    'select retry_count, metadata from public.workflow_steps where step_id = 7771',
    $$ values (3, '{"a": 1}'::jsonb) $$,
    'so does one through the name of the steps'
);
insert into public.workflow_events (trace_id, event_data, "timestamp") values (777, '1', now());
select is(
    (select e.event_type from public.workflow_events as e where e.trace_id = 777),
    'note',
    'and one through the name of an element'
);

select * from finish();
rollback;
