-- Rows that the documents show, into the old tables: only those that differ.

begin;
select plan(28);

-- Hospital North (1…) with a run that has everything, in both worlds.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 2) as n;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
update public.user_workflow_run
set
    context = '{"a": 1, "b": 2}', endpoints_used = '[7, 8]',
    events = '[
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901},
        {"type": "b", "timestamp": "2025-01-14T10:30:01Z", "data": 2, "event_id": 910902},
        {"type": "c", "timestamp": "2025-01-14T10:30:02Z", "data": 3, "event_id": 910903}
    ]'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set
    events = '[
        {"type": "s", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910904}
    ]',
    screenshots = '[
        {
            "url": "a", "timestamp": "2025-01-14T10:30:00Z",
            "screenshot_id": "11111111-0000-4000-8000-000000005001"
        },
        {
            "url": "b", "timestamp": "2025-01-14T10:30:00Z",
            "screenshot_id": "11111111-0000-4000-8000-000000005002"
        }
    ]'
where legacy_step_id = 910101;
select lives_ok(
    'select consolidation.take_out(array[910001]), consolidation.put_in(array[910001])',
    'a run that the old tables do not have can be put in'
);
create temporary view stored as
select 'workflow_trace' as table_name, t.trace_id::text as id, t.ctid::text || t.xmin as version,
    t::text as image
from legacy.workflow_trace as t where t.trace_id in (910001, 910002)
union all
select 'workflow_steps', s.step_id::text, s.ctid::text || s.xmin, s::text
from legacy.workflow_steps as s where s.trace_id in (910001, 910002)
union all
select 'workflow_events', e.event_id::text, e.ctid::text || e.xmin, e::text
from legacy.workflow_events as e where e.trace_id in (910001, 910002)
union all
select 'workflow_trace_screenshot', p.screenshot_url, p.ctid::text || p.xmin, p::text
from legacy.workflow_trace_screenshot as p where p.trace_id in (910001, 910002)
union all
select 'workflow_trace_context', c.key, c.ctid::text || c.xmin, c::text
from legacy.workflow_trace_context as c where c.trace_id in (910001, 910002)
union all
select 'workflow_trace_endpoint', n.endpoint_id::text, n.ctid::text || n.xmin, n::text
from legacy.workflow_trace_endpoint as n where n.trace_id in (910001, 910002);
select results_eq(
    'select s.table_name, count(*) from stored as s group by s.table_name order by 1',
    $$
    values
    ('workflow_events', 4::bigint), ('workflow_steps', 1), ('workflow_trace', 1),
    ('workflow_trace_context', 2), ('workflow_trace_endpoint', 2), ('workflow_trace_screenshot', 2)
    $$,
    'each row of its documents is there'
);

-- What is written after a change of the documents: rows that came, went, or are another version.
create function pg_temp.written_after(statement text)
returns text []
language plpgsql
as $$
declare
    result text [];
begin
    begin
        create temporary table before on commit drop as select * from stored;
        execute statement;
        perform consolidation.take_out(array[910001, 910002]);
        perform consolidation.put_in(array[910001, 910002]);
        result := array(
            select coalesce(a.table_name, b.table_name) || ' ' || coalesce(a.id, b.id)
            from stored as a
            full join before as b on b.table_name = a.table_name and b.id = a.id
            where a.version is distinct from b.version
            order by 1
        );
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return result;
    end;
end;
$$;
select consolidation.put_in(array[910002]);
select is(
    pg_temp.written_after(c.statement), c.written::text [],
    format('%s: only that is written', c.what)
)
from (
    values
    ('nothing', '{}', 'select'),
    (
        'a changed column of a run', '{workflow_trace 910001}',
        'update public.user_workflow_run set status = ''x'' where legacy_trace_id = 910001'
    ),
    (
        'a column of a run that becomes null', '{workflow_trace 910001}',
        'update public.user_workflow_run set llm_model = ''m'', external_id = null
        where legacy_trace_id = 910001'
    ),
    (
        'a changed column of a step', '{workflow_steps 910101}',
        'update public.user_workflow_run_step set output_data = ''1.10''
        where legacy_step_id = 910101'
    ),
    (
        'a new event', '{workflow_events 910905}',
        $$ update public.user_workflow_run
        set events = events
            || '[{"type": "d", "timestamp": "2025-01-14T10:30:03Z", "event_id": 910905}]'
        where legacy_trace_id = 910001 $$
    ),
    (
        'one changed event', '{workflow_events 910902}',
        $$ update public.user_workflow_run set events = jsonb_set(events, '{1,data}', '2.0')
        where legacy_trace_id = 910001 $$
    ),
    (
        'one event less', '{workflow_events 910902}',
        'update public.user_workflow_run set events = events - 1 where legacy_trace_id = 910001'
    ),
    (
        'events in another order', '{}',
        $$ update public.user_workflow_run
        set events = jsonb_build_array(events -> 2, events -> 0, events -> 1)
        where legacy_trace_id = 910001 $$
    ),
    (
        'a further key of an event', '{}',
        $$ update public.user_workflow_run set events = jsonb_set(events, '{1,note}', '2')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event that moves from the step to the run', '{workflow_events 910904}',
        $$
        with moved as (
            update public.user_workflow_run_step set events = '[]' where legacy_step_id = 910101
        )
        update public.user_workflow_run
        set events = events
            || '[{"type": "s", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910904}]'
        where legacy_trace_id = 910001
        $$
    ),
    (
        'a changed screenshot', '{workflow_trace_screenshot b}',
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{1,confidence}', '0.5')
        where legacy_step_id = 910101 $$
    ),
    (
        'a changed key', '{workflow_trace_context b}',
        $$ update public.user_workflow_run set context = '{"a": 1, "b": 3}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'a new key', '{workflow_trace_context c}',
        $$ update public.user_workflow_run set context = context || '{"c": 3}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an endpoint less and one more', '{workflow_trace_endpoint 7,workflow_trace_endpoint 9}',
        $$ update public.user_workflow_run set endpoints_used = '[8, 9]'
        where legacy_trace_id = 910001 $$
    ),
    (
        'a step that moves to another run, with its events and screenshots',
        '{workflow_events 910904,workflow_steps 910101,workflow_trace_screenshot a,'
        'workflow_trace_screenshot b}',
        $$
        update public.user_workflow_run_step
        set run_id = '11111111-0000-4000-8000-00000000a002'
        where legacy_step_id = 910101
        $$
    ),
    (
        'a step that is deleted, whose screenshots go to its run,',
        '{workflow_events 910904,workflow_steps 910101}',
        'delete from public.user_workflow_run_step where legacy_step_id = 910101'
    )
) as c (what, written, statement);
insert into consolidation.carried_back values (910001), (910002);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002])',
    'control: each was undone'
);

-- Rows of others ----------------------------------------------------------------------------------

create temporary table of_others as
select e::text as image from legacy.workflow_events as e where e.trace_id not in (910001, 910002);
select lives_ok(
    'select consolidation.take_out(''{}''), consolidation.put_in(''{}''),
    consolidation.take_out(array[-77]), consolidation.put_in(array[-77])',
    'nothing, and an unknown run, can be written'
);
delete from public.user_workflow_run where legacy_trace_id = 910001;
select lives_ok('select consolidation.take_out(array[910001])', 'a deleted run can be taken out');
select is_empty(
    'select from stored as s where s.image ~ ''910001''', 'nothing of it is in the old tables'
);
select bag_eq(
    'select o.image from of_others as o',
    'select e::text from legacy.workflow_events as e where e.trace_id <> 910002',
    'no other run is touched'
);

-- An id that is claimed twice is no reason to leave a row out -------------------------------------

update public.user_workflow_run
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910911},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910911}
]'
where legacy_trace_id = 910002;
select throws_ok(
    'select consolidation.put_in(array[910002])', '23505', null,
    'an event that stands twice in a document is refused, not skipped'
);
insert into legacy.workflow_events (event_id, trace_id, event_type, event_data, "timestamp")
values (910911, 910002, 'a', '1', '2025-01-14 10:30:00+00');
select throws_ok(
    'select consolidation.put_in(array[910002])', '23505', null,
    '… also if the old table has one of the two'
);
delete from legacy.workflow_events where event_id = 910911;
update public.user_workflow_run
set
    events = '[]',
    screenshots = (
        select jsonb_agg(s.element)
        from generate_series(1, 2) as n
        cross join (
            select
                '{
                    "url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 9,
                    "node_id": "11111111-0000-4000-8000-00000000e009",
                    "screenshot_id": "11111111-0000-4000-8000-000000005009"
                }'::jsonb as element
        ) as s
    )
where legacy_trace_id = 910002;
select throws_ok(
    'select consolidation.put_in(array[910002])', '23505', null,
    'a screenshot that stands twice in a document is refused, not skipped'
);
update public.user_workflow_run set screenshots = '[]', context = '{"a": 1, "b": 2}'
where legacy_trace_id = 910002;
update public.user_workflow_run
set legacy = jsonb_set(legacy, '{context,b,context_id}', legacy -> 'context' -> 'a' -> 'context_id')
where legacy_trace_id = 910002;
select throws_ok(
    'select consolidation.put_in(array[910002])', '23505', null,
    'a context_id that two keys of a document have is refused, not skipped'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.put_in(array[910002])', '42501', null, 'applications cannot put in'
);
reset role;

select * from finish();
rollback;
