-- Ids in documents are claims: whose an id is that several elements have.

begin;
select plan(19);

-- Hospital North (1…) with two runs in both worlds.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 4) as n;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
update public.user_workflow_run
set
    events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901}]',
    context = '{"a": 1}',
    screenshots = '[{
        "url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 9,
        "node_id": "11111111-0000-4000-8000-00000000e009",
        "screenshot_id": "11111111-0000-4000-8000-000000005001"
    }]'
where legacy_trace_id = 910001;
select consolidation.carry_back(array[910001, 910002]);

select bag_eq(
    $$
    select c.kind, c.trace_id, c.step_id, c.place, c.held_by
    from consolidation.claims_of(array[910001]) as c
    $$,
    $$
    values
    ('event', 910001::bigint, null::bigint, '1', 910001::bigint),
    ('screenshot', 910001, null, '1', 910001), ('context', 910001, null, 'a', 910001)
    $$,
    'elements and keys claim their ids; the old table gives them to their run'
);
select results_eq(
    'select distinct j.verdict from consolidation.judged_claim(array[910001]) as j',
    $$ values ('kept') $$,
    'what stands as it was is kept'
);

create function pg_temp.verdicts(ids bigint [])
returns table (kind text, trace_id bigint, step_id bigint, place text, verdict text)
language sql
as $$
select j.kind, j.trace_id, j.step_id, j.place, j.verdict
from consolidation.judged_claim(ids) as j
order by j.kind, j.trace_id, j.step_id nulls first, j.place
$$;

-- Another run that is a copy: what code writes that runs something again.
update public.user_workflow_run as c
set events = r.events, screenshots = r.screenshots, context = r.context, legacy = r.legacy
from public.user_workflow_run as r
where r.legacy_trace_id = 910001 and c.legacy_trace_id = 910003;
-- The trigger gives keys of a run new origins; somebody may write "legacy" after that.
update public.user_workflow_run as c
set legacy = r.legacy
from public.user_workflow_run as r
where r.legacy_trace_id = 910001 and c.legacy_trace_id = 910003;
select results_eq(
    'select * from pg_temp.verdicts(array[910003])',
    $$
    values
    ('context', 910003::bigint, null::bigint, 'a', 'lost'), ('event', 910003, null, '1', 'lost'),
    ('screenshot', 910003, null, '1', 'lost')
    $$,
    'ids of a run that still has them are lost to a copy'
);
select results_eq(
    'select * from pg_temp.verdicts(array[910001, 910003]) as v where v.kind = ''event''',
    $$
    values
    ('event', 910001::bigint, null::bigint, '1', 'kept'), ('event', 910003, null, '1', 'lost')
    $$,
    'in one batch the old table decides, not the order'
);
update public.user_workflow_run set events = '[]' where legacy_trace_id = 910001;
select results_eq(
    'select * from pg_temp.verdicts(array[910003]) as v where v.kind = ''event''',
    $$ values ('event', 910003::bigint, null::bigint, '1', 'moved') $$,
    'an id that its run shows no more has moved'
);
-- Twice in one document, and once more on a step.
update public.user_workflow_run
set events = '[
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910901},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 2, "event_id": 910901},
    {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 3, "event_id": 910902}
]'
where legacy_trace_id = 910001;
update public.user_workflow_run_step
set events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910902}]'
where legacy_step_id = 910101;
select results_eq(
    'select * from pg_temp.verdicts(array[910001]) as v where v.kind = ''event''',
    $$
    values
    ('event', 910001::bigint, null::bigint, '1', 'kept'), ('event', 910001, null, '2', 'lost'),
    ('event', 910001, null, '3', 'lost'), ('event', 910001, 910101, '1', 'kept')
    $$,
    'an id that stands twice in a run is kept once: an element of a step comes first'
);
-- Ids that no old table knows: the first run of the batch has them.
update public.user_workflow_run
set events = '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1, "event_id": 910990}]'
where legacy_trace_id in (910002, 910004);
select results_eq(
    'select * from pg_temp.verdicts(array[910002, 910004])',
    $$
    values
    ('event', 910002::bigint, null::bigint, '1', 'kept'), ('event', 910004, null, '1', 'lost')
    $$,
    'an id that nobody has goes to one of those who claim it'
);
-- An element that came after the old rows, and a copy of it in a run of a lower number.
insert into public.user_workflow_run (
    workflow_id, org_id, channel, created_by, legacy_trace_id, events
)
select r.workflow_id, r.org_id, r.channel, r.created_by, 909999, r.events
from public.user_workflow_run as r
where r.legacy_trace_id = 910002;
select results_eq(
    'select * from pg_temp.verdicts(array[909999, 910002])',
    $$
    values
    ('event', 909999::bigint, null::bigint, '1', 'lost'), ('event', 910002, null, '1', 'kept')
    $$,
    '… to a run that the old table has before one that it has not'
);
select is_empty(
    $$ select from consolidation.judged_claim('{}') $$, 'no run claims nothing'
);

-- What cannot be in an old table claims nothing.
update public.user_workflow_run
set events = '[{"type": "a", "timestamp": "noon", "event_id": 910901}, {"event_id": 910901}]'
where legacy_trace_id = 910004;
select is_empty(
    'select * from pg_temp.verdicts(array[910004])', 'an element that does not fit claims nothing'
);

-- free_id -----------------------------------------------------------------------------------------

select isnt(
    consolidation.free_id('screenshot', '{}'), consolidation.free_id('screenshot', '{}'),
    'a screenshot gets a new uuid'
);
create temporary table next_id as
select nextval('public.workflow_events_event_id_seq') as event_id,
    nextval('public.workflow_trace_context_context_id_seq') as context_id;
insert into legacy.workflow_events (event_id, trace_id, event_type, event_data)
overriding system value
select n.event_id + 1, 910002, 'a', '1' from next_id as n;
insert into legacy.workflow_trace_context (context_id, trace_id, key, value)
overriding system value
select n.context_id + 1, 910002, 'a', '1' from next_id as n;
select is(
    consolidation.free_id('event', array(select (n.event_id + 2)::text from next_id as n)),
    (select to_jsonb(n.event_id + 3) from next_id as n),
    'an event gets the next id of the sequence that nobody has and nobody claims'
);
select is(
    consolidation.free_id('context', array(select (n.context_id + 2)::text from next_id as n)),
    (select to_jsonb(n.context_id + 3) from next_id as n),
    '… and so does a context key'
);

set local role workflow_maintenance;
select lives_ok(
    format('select consolidation.free_id(%L, ''{}'')', k.kind),
    format('maintenance can take an id for: %s', k.kind)
)
from unnest(array['event', 'screenshot', 'context']) as k (kind);
reset role;
set local role workflow_app;
select throws_ok(
    $$ select from consolidation.claims_of('{}') $$, '42501', null, 'applications cannot ask'
);
select throws_ok(
    $$ select consolidation.free_id('event', '{}') $$, '42501', null, '… nor take an id so'
);
reset role;

-- With the settings of carry_back, under which a join would read whole tables ------------------
set local enable_nestloop = off;
set local enable_seqscan = off;
set local enable_mergejoin = off;
create function pg_temp.read_rows()
returns bigint
language sql
volatile
return (
    select sum(pg_stat_get_xact_tuples_returned(i.indexrelid))
    from pg_index as i
    where
        i.indrelid in (
            'legacy.workflow_events'::regclass, 'legacy.workflow_trace_screenshot'::regclass,
            'legacy.workflow_trace_context'::regclass
        )
);
create temporary table before_claims as
select pg_temp.read_rows() as done;
create temporary table some_claim as
select c.kind
from consolidation.claims_of(
    array(
        select r.legacy_trace_id from public.user_workflow_run as r
        where r.legacy_trace_id between 1 and 20
    )
) as c;
select cmp_ok(
    pg_temp.read_rows() - (select b.done from before_claims as b), '<=',
    2 * (select count(*) from some_claim),
    'an id is looked up by its key: not many more rows are read than ids asked for'
);

select * from finish();
rollback;
