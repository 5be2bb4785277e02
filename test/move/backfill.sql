-- The parts of the backfill that work within one transaction; the rest is tried with several
-- sessions.

begin;
select plan(27);

delete from consolidation.change;
-- Hospital North (1…).
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(1, 5) as n;

select results_eq(
    'select p.phase, p.percent, p.queue_depth from consolidation.progress as p',
    $$ values ('cut over', 100.0, 5::bigint) $$,
    'progress tells the phase, that the backfill is done and how much waits in the queue'
);
select results_eq(
    $$
    select p.runs_total, p.runs_done from consolidation.progress as p
    $$,
    $$
    select
        count(*), count(*)
    from legacy.workflow_trace as t
    where not exists (select from consolidation.carried_back as b where b.trace_id = t.trace_id)
    $$,
    'the backfill has carried over every execution there was'
);
select is(
    consolidation.carry_changes(2), 2, 'changes are carried in batches of the size asked for'
);
select is(
    (
        select count(*)::integer from legacy.workflow_trace as t
        where t.trace_id between 910001 and 910005
    ),
    2,
    'a batch carries back what was noted first'
);
select is(consolidation.carry_changes(1000), 3, 'the rest is a smaller batch');
select is(consolidation.carry_changes(1000), 0, 'an empty queue is an empty batch');
select is(
    (
        select count(*)::integer from legacy.workflow_trace as t
        where t.trace_id between 910001 and 910005
    ),
    5,
    'all that was noted is in the old tables'
);
select is_empty(
    'select from consolidation.differences(910001, 910005)',
    'all that was noted is equal'
);

-- One run changed many times is carried once, with its last state.
update public.user_workflow_run set status = 'a' where legacy_trace_id = 910001;
update public.user_workflow_run set status = 'b' where legacy_trace_id = 910001;
select is(consolidation.carry_changes(1000), 2, 'two statements are two entries');
select is(
    (select t.status from legacy.workflow_trace as t where t.trace_id = 910001), 'b',
    'the last state is carried back'
);

-- A truncate is everything.
insert into consolidation.change (trace_id) values (null);
select is(consolidation.carry_changes(1000), 1, 'a truncate is one entry');
select results_eq(
    'select count(distinct c.trace_id) from consolidation.change as c',
    'select count(*) from public.user_workflow_run',
    'a truncate puts every execution into the queue'
);
delete from consolidation.change;

select is(
    consolidation.claim_chunk(10), null, 'after the cut-over there is no range to claim'
);
select is(
    consolidation.carry_chunk(1), null, 'after the cut-over there is no range to carry over'
);
select throws_ok(
    format('call consolidation.backfill(%s)', b.parameters), '22023', null,
    format('a pace of %s is refused', b.parameters)
)
from unnest(
    array[
        'batch_time => ''0''', 'batch_time => ''-1 s''', 'pause => ''-1 s''', 'max_lag => ''0''',
        'max_lag => ''-1 s'''
    ]
) as b (parameters);
set local role workflow_maintenance;
select throws_ok(
    'call consolidation.backfill(max_lag => ''1 s'')', '42501', null,
    'who cannot see the lag of standbys is told so'
);
reset role;
select throws_ok(
    format('call consolidation.backfill(%s)', b.size), '22023', null,
    format('a batch_size of %s is refused', b.size)
)
from unnest(array[0, -1, 100001]) as b (size);
select lives_ok(
    'select consolidation.plan_chunks()',
    'the executions are noted once: again changes nothing'
);
select results_eq(
    'select p.steps_done, p.steps_estimated, p.events_done, p.events_estimated
    from consolidation.progress as p',
    $$
    select
        s.steps, s.steps, e.events, e.events
    from (
        select count(*) as steps from legacy.workflow_steps as s
        where s.trace_id not between 910001 and 910005
    ) as s
    cross join (
        select count(*) as events from legacy.workflow_events as e
        where e.trace_id not between 910001 and 910005
    ) as e
    $$,
    'the steps and events of the backfill are counted, and estimates give way to the counts'
);
select results_eq(
    'select sum(s.runs_done)::bigint, sum(s.runs_at_hand)::bigint, min(s.batches) > 0
    from consolidation.progress_by_session as s',
    'select p.runs_done, null::bigint, true from consolidation.progress as p',
    'every execution was carried over by one of the sessions'
);
select is(
    (
        select count(*)::integer from consolidation.chunk as c
        where c.finished_at is null or c.first_trace_id > c.last_trace_id
    ),
    0,
    'every range is done'
);

select * from finish();
rollback;
