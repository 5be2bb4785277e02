-- The parts of the backfill that work within one transaction; the rest is tried with several
-- sessions.

begin;
select plan(16);

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
    'the backfill has carried over every run there was'
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
select results_eq(
    'select sum(s.runs_done)::bigint, sum(s.runs_at_hand)::bigint, min(s.batches) > 0
    from consolidation.progress_by_session as s',
    'select p.runs_done, null::bigint, true from consolidation.progress as p',
    'every run was carried over by one of the sessions'
);
select is_empty(
    $$
    select from consolidation.chunk as c
    where
        c.task = 'backfill'
        and (c.steps is null or c.events is null or c.pid is null or c.started_at > c.finished_at)
    $$,
    'each range says who carried it over, when, and how many steps and events that were'
);
select is_empty(
    $$
    select from consolidation.chunk as a
    inner join consolidation.chunk as b
        on b.task = a.task
        and b.chunk_id > a.chunk_id
        and b.first_trace_id <= a.last_trace_id
        and b.last_trace_id >= a.first_trace_id
    where a.task = 'backfill'
    $$,
    'no run is in two ranges'
);
set local role workflow_app;
select throws_ok(
    'call consolidation.backfill()', '42501', null, 'applications cannot call it'
);
select throws_ok(
    'select consolidation.carry_chunk(1)', '42501', null, 'nor a batch of it'
);
reset role;

select * from finish();
rollback;
