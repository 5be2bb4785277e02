-- How far backfill and proof are.

begin;
select plan(14);

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
    'the backfill has carried over every run there was'
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
    'every run was carried over by one of the sessions'
);
insert into consolidation.change (trace_id)
select 910001 from generate_series(1, 10001);
select is(
    (select p.queue_depth from consolidation.progress as p), 10000::bigint,
    'a long queue is counted up to 10,000 entries: nobody waits for more'
);

-- The proof ---------------------------------------------------------------------------------------

delete from consolidation.chunk where task = 'proof';
delete from consolidation.unequal_trace;
select results_eq(
    'select p.runs_to_prove, p.runs_proved, p.unequal_runs, p.proved_per_second, p.proof_time_left
    from consolidation.progress as p',
    'values (0::bigint, 0::bigint, 0::bigint, null::numeric, null::interval)',
    'before a proof there is nothing to say about one'
);
insert into consolidation.chunk (
    task, first_trace_id, last_trace_id, traces, pid, started_at, finished_at
)
values
('proof', 1, 10, 10, 1, now() - interval '3 s', now() - interval '2 s'),
('proof', 11, 20, 10, 1, now() - interval '1 s', now()),
('proof', 21, 30, 10, 1, now(), null), ('proof', 31, 90, 60, null, null, null);
insert into consolidation.unequal_trace (trace_id) values (7);
select is(
    consolidation.progress_line('proof'),
    'proof: 20 of 90 runs, 10 a second, 00:00:07 left, 1 differ',
    'the proof reports this in one line'
);
select matches(
    consolidation.progress_line('backfill'),
    '^backfill: [1-9][0-9]* of [1-9][0-9]* runs \(100\.0 %\), .* queue 10000$',
    'and the backfill what it has done, and how much waits'
);
select results_eq(
    'select p.runs_to_prove, p.runs_proved, p.unequal_runs, p.proved_per_second, p.proof_time_left
    from consolidation.progress as p',
    $$ values (90::bigint, 20::bigint, 1::bigint, 10::numeric, '7 s'::interval) $$,
    'a proof says how much is compared, what differs, its rate while it works and the time left'
);
select is(
    (select p.runs_total from consolidation.progress as p),
    (select sum(c.traces)::bigint from consolidation.chunk as c where c.task = 'backfill'),
    'the runs of a proof are none of the backfill'
);
select is_empty(
    'select from consolidation.progress_by_session as s where s.runs_at_hand > 0',
    'nor are its sessions'
);
select is(
    consolidation.estimated_rows('no table'), null, 'an unknown table has no estimate'
);
set local role workflow_app;
select throws_ok(
    'select from consolidation.progress', '42501', null, 'applications cannot ask'
);
reset role;
set local role workflow_maintenance;
select results_eq(
    'select count(*) from consolidation.progress', 'values (1::bigint)', 'maintenance can'
);
reset role;

select * from finish();
rollback;
