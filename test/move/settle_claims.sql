-- New ids for claims that are lost: a planted id costs nobody a row.

begin;
select plan(22);

select is(
    consolidation.with_new_ids(w.elements::jsonb, 'event_id', w.new_ids::jsonb), w.expected::jsonb,
    w.rule
)
from (
    values
    (
        '[{"event_id": 1, "a": 1}, {"event_id": 1, "a": 2}, {"a": 3}]', '{"2": 7, "3": 8}',
        '[{"event_id": 1, "a": 1}, {"event_id": 7, "a": 2}, {"event_id": 8, "a": 3}]',
        'elements get new ids by their place, and keep their order and other keys'
    ),
    ('["a", null, 5]', '{}', '["a", null, 5]', 'without new ids nothing changes')
) as w (elements, new_ids, expected, rule);

-- Hospital North (1…): a victim, its copy, and one that plants ids.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 3) as n;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
update public.user_workflow_run
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 2, "event_id": 910902}
]', context = '{"a": 1, "b": 2}'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set
    events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910903}]',
    screenshots = '[{
        "url": "a", "timestamp": "2025-01-14T10:30:00Z",
        "screenshot_id": "11111111-0000-4000-8000-000000005001"
    }]'
where legacy_step_id = 910101;
select consolidation.carry_back(array[910001]);
create temporary table of_victim as
select e::text as image from legacy.workflow_events as e where e.trace_id = 910001
union all
select p::text from legacy.workflow_trace_screenshot as p where p.trace_id = 910001
union all
select c::text from legacy.workflow_trace_context as c where c.trace_id = 910001;
create temporary view of_victim_now as
select e::text as image from legacy.workflow_events as e where e.trace_id = 910001
union all
select p::text from legacy.workflow_trace_screenshot as p where p.trace_id = 910001
union all
select c::text from legacy.workflow_trace_context as c where c.trace_id = 910001;

-- A run that is cloned as code would clone it.
update public.user_workflow_run as c
set events = r.events, context = r.context
from public.user_workflow_run as r
where r.legacy_trace_id = 910001 and c.legacy_trace_id = 910002;
update public.user_workflow_run as c
set legacy = r.legacy
from public.user_workflow_run as r
where r.legacy_trace_id = 910001 and c.legacy_trace_id = 910002;
insert into public.user_workflow_run_step (
    run_id, node_id, step_number, legacy_step_id, events, screenshots
)
select
    '11111111-0000-4000-8000-00000000a002', s.node_id, 1, 910201, s.events, s.screenshots
from public.user_workflow_run_step as s
where s.legacy_step_id = 910101;
select lives_ok('select consolidation.settle_claims(array[910002])', 'claims can be settled');
select results_eq(
    $$
    select j.kind, j.verdict, count(*)
    from consolidation.judged_claim(array[910002]) as j
    group by j.kind, j.verdict
    order by j.kind
    $$,
    $$
    values ('context', 'kept', 2::bigint), ('event', 'kept', 3), ('screenshot', 'kept', 1)
    $$,
    'after that the copy claims nothing that another one has'
);
select is(
    (
        select jsonb_path_query_array(r.events, '$[*].data') from public.user_workflow_run as r
        where r.legacy_trace_id = 910002
    ),
    '[1, 2]'::jsonb,
    'its elements are what they were, but for their ids'
);
select lives_ok('select consolidation.carry_back(array[910002])', 'the copy can be carried back');
select results_eq(
    $$
    select
        (select count(*) from legacy.workflow_events as e where e.trace_id = 910002),
        (select count(*) from legacy.workflow_trace_screenshot as p where p.trace_id = 910002),
        (select count(*) from legacy.workflow_trace_context as c where c.trace_id = 910002)
    $$,
    'values (3::bigint, 1::bigint, 2::bigint)',
    'each element of a cloned run has a row of its own'
);
select bag_eq(
    'select v.image from of_victim_now as v', 'select v.image from of_victim as v',
    'and the run that was cloned has lost none'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002])',
    'old tables and documents are equal'
);
select is_empty(
    'select from consolidation.only_in_documents()', 'nothing is left in the documents only'
);

-- Ids planted ahead of the sequence ---------------------------------------------------------------

create temporary table planted as
select nextval('public.workflow_events_event_id_seq') as event_id;
update public.user_workflow_run
set events = (
    select jsonb_agg(
        jsonb_build_object(
            'type', 'planted', 'timestamp', '2025-01-14T10:30:00Z', 'data', n,
            'event_id', p.event_id + n
        )
    )
    from planted as p
    cross join generate_series(1, 20) as n
)
where legacy_trace_id = 910003;
insert into public.workflow_events (trace_id, event_type, event_data)
select 910001, 'next', to_jsonb(n) from generate_series(1, 3) as n;
select ok(
    (
        select bool_and(e.event_id between p.event_id + 1 and p.event_id + 20)
        from public.workflow_events as e
        cross join planted as p
        where e.trace_id = 910001 and e.event_type = 'next'
    ),
    'control: the next events of another one get ids that were planted'
);
select lives_ok(
    'select consolidation.carry_back(array[910003]), consolidation.carry_back(array[910001])',
    'who planted ids can be carried back first'
);
select results_eq(
    $$
    select
        (select count(*) from legacy.workflow_events as e where e.trace_id = 910003),
        (
            select count(*) from legacy.workflow_events as e
            where e.trace_id = 910001 and e.event_type = 'next'
        ),
        (select count(distinct e.event_id) from legacy.workflow_events as e
            where e.trace_id in (910001, 910003))
    $$,
    'values (20::bigint, 3::bigint, 26::bigint)',
    'the planted ids cost nobody a row'
);
select is_empty(
    'select * from of_victim as v except select n.image from of_victim_now as n',
    'what the other one had before is as it was'
);

-- Ids of another run's old rows, claimed by a run that sorts before it ---------------------

insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, events
)
select
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001',
    -9223372036854775808 + 1000000, r.events
from public.user_workflow_run as r
where r.legacy_trace_id = 910001;
select lives_ok(
    'select consolidation.carry_back(array[910001, -9223372036854775808 + 1000000])',
    'a run of the lowest ids that claims them can be carried back in one batch with it'
);
select is_empty(
    'select * from of_victim as v except select n.image from of_victim_now as n',
    'the other one still has its rows'
);
select is(
    (
        select count(*)::integer from legacy.workflow_events as e
        where e.trace_id = -9223372036854775808 + 1000000
    ),
    5,
    'and the one that claimed them has its own'
);

-- A row that moved, and a row that stands twice ---------------------------------------------------

update public.user_workflow_run set events = events - 0 where legacy_trace_id = 910001;
update public.user_workflow_run
set events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901}]'
where legacy_trace_id = 910002;
select lives_ok(
    'select consolidation.carry_back(array[910002])', 'a moved event can be carried back'
);
select is(
    (select e.trace_id from legacy.workflow_events as e where e.event_id = 910901), 910002::bigint,
    'it is where it moved to, with its id'
);
update public.user_workflow_run set events = events || events || events
where legacy_trace_id = 910002;
select lives_ok(
    'select consolidation.carry_back(array[910002])', 'an event that stands three times, too'
);
select is(
    (
        select count(*)::integer from legacy.workflow_events as e
        where e.trace_id = 910002 and e.step_id is null
    ),
    3,
    'an element that is repeated inside one document is a row of its own each time'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.settle_claims('{}') $$, '42501', null, 'applications cannot settle'
);
reset role;

select * from finish();
rollback;
