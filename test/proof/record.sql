-- A proof in ranges, with its results.

begin;
select plan(37);

-- Hospital North (1…) with a run that has everything, in both worlds; and a second one.
insert into legacy.workflow_trace (
    trace_id, org_id, workflow_id, channel, created_by, external_id, status, action_detail
)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001', 'CLAIM-1', 'active', '{"n": 1.10}'
from generate_series(910001, 910002) as n;
insert into legacy.workflow_steps (
    step_id, trace_id, step_number, node_id, retry_count, status, input_data
)
values
(910101, 910001, 1, '11111111-0000-4000-8000-00000000e001', 0, 'done', '{"n": 1.10}'),
(910102, 910001, 2, '11111111-0000-4000-8000-00000000e002', 0, 'done', null);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910901, 910001, null, 'a', '1.10', '2025-01-14 10:30:00+00'),
(910902, 910001, null, 'b', 'null', '2025-01-14 10:30:01+00'),
(910903, 910001, 910101, 'c', '{"n": 1.10}', '2025-01-14 10:30:02+00');
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    confidence_score, created_at, node_id
)
select
    ('11111111-0000-4000-8000-00000000500' || s.n)::uuid, 910001,
    '11111111-0000-4000-8000-000000000000', 'a', s.step_index, s.url, 'a', 0.50,
    '2025-01-14 10:30:00+00', '11111111-0000-4000-8000-00000000e001'
from (values (1, 1, 'u1'), (2, 1, 'u2'), (3, 9, 'u3')) as s (n, step_index, url);
insert into legacy.workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
values
(910501, 910001, 'k', '1.10', '2025-01-14 10:30:00+00', null),
(910502, 910001, 'l', 'null', '2025-01-14 10:30:00+00', '2025-01-14 10:30:01+00');
insert into legacy.workflow_trace_endpoint values (910001, 7), (910001, 8);
select consolidation.consolidate(array[910001, 910002]);

delete from consolidation.change;
select consolidation.forget_proof();

-- What is compared is recorded --------------------------------------------------------------------

create function pg_temp.unequal()
returns bigint []
language sql
as $$
select array(select u.trace_id from consolidation.unequal_trace as u order by u.trace_id)
$$;
select lives_ok(
    'select consolidation.record_comparison(-9223372036854775808, 9223372036854775807, null)',
    'everything can be compared'
);
select is(pg_temp.unequal(), '{}'::bigint [], 'what is equal is not noted');
-- Damage that goes around the queue.
alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = 'damaged' where legacy_trace_id in (910001, 910002);
alter table public.user_workflow_run enable always trigger capture_update;
select consolidation.record_comparison(910001, 910001, null);
select is(pg_temp.unequal(), '{910001}'::bigint [], 'a difference in the range is noted');
select consolidation.record_comparison(910001, 910002, array[910002]);
select is(
    pg_temp.unequal(), '{910001,910002}'::bigint [],
    'one among the ids is noted; what was noted of others stays'
);
select consolidation.record_comparison(910001, 910002, null);
select is(pg_temp.unequal(), '{910001,910002}'::bigint [], 'noted once, however often compared');
insert into consolidation.change (trace_id) values (910001);
select consolidation.record_comparison(910001, 910002, null);
select is(
    pg_temp.unequal(), '{910002}'::bigint [],
    'a run that waits in the queue is not judged: it is proved when it is carried'
);
delete from consolidation.change;
alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = 'active' where legacy_trace_id in (910001, 910002);
alter table public.user_workflow_run enable always trigger capture_update;
select consolidation.record_comparison(910001, 910002, null);
select is(pg_temp.unequal(), '{}'::bigint [], 'what was repaired is not noted any more');
-- A suspect in which nothing differs is none.
insert into consolidation.carried_back values (910001);
update public.user_workflow_run
set events = jsonb_set(events, '{0,timestamp}', '"2025-01-14 12:30:00+02"')
where legacy_trace_id = 910001;
delete from consolidation.change;
select consolidation.record_comparison(910001, 910002, null);
select is(
    pg_temp.unequal(), '{}'::bigint [], 'a form that applications may write is no difference'
);

-- Through the queue -------------------------------------------------------------------------------

alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = 'damaged' where legacy_trace_id in (910001, 910002);
alter table public.user_workflow_run enable always trigger capture_update;
select lives_ok(
    'select consolidation.prove_again(array[910001, 910002], array[910001, 910002])',
    'runs can be proved again'
);
select is(pg_temp.unequal(), '{}'::bigint [], '… which does nothing while there is no proof');
select lives_ok('select consolidation.begin_proof()', 'a proof can begin');
select consolidation.prove_again(array[910001, 910002], array[910001, 910002]);
select is(pg_temp.unequal(), '{910001,910002}'::bigint [], 'with a proof they are compared');
select consolidation.prove_again(array[910001, 910002], array[910002]);
select is(pg_temp.unequal(), '{910002}'::bigint [], 'but not those that were found equal just now');
select consolidation.prove_again(array[910001], array[910001]);
insert into consolidation.change (trace_id) values (910001);
select is(
    (select c.carried from consolidation.carry_changes(10, -9223372036854775808) as c), 1,
    'a run that comes through the queue'
);
select is(pg_temp.unequal(), '{910002}'::bigint [], '… is carried and then compared again');
select is(
    (select t.status from legacy.workflow_trace as t where t.trace_id = 910001), 'damaged',
    'control: it was carried back'
);
select lives_ok(
    'select consolidation.prove_again(''{}'', ''{}'')', 'nothing can be proved again'
);

-- Ranges ------------------------------------------------------------------------------------------

select results_eq(
    'select p.capture_state = consolidation.capture_state(), p.is_proof
    from consolidation.proof as p',
    'values (true, true)',
    'there is one proof, which relies on the capture triggers as they are'
);
select throws_ok(
    $$ insert into consolidation.proof (capture_state) values ('') $$, '23505', null,
    'there cannot be a second one'
);
select lives_ok('select consolidation.begin_proof()', 'a proof that holds can be gone on with');
select is(pg_temp.unequal(), '{910002}'::bigint [], 'its results are kept');
create temporary table claimed as select consolidation.claim_chunk('proof', 5) as chunk_id;
select is(
    (select consolidation.prove_chunk(c.chunk_id) from claimed as c), 5::bigint,
    'a range is compared'
);
select results_eq(
    $$
    select k.traces, k.pid = pg_backend_pid(), k.finished_at is not null
    from consolidation.chunk as k
    inner join claimed as c on c.chunk_id = k.chunk_id
    $$,
    'values (5::bigint, true, true)',
    'and recorded with what it held'
);
select is(
    (select consolidation.prove_chunk(c.chunk_id) from claimed as c), 0::bigint,
    'what is done is not done again'
);
select is(
    consolidation.prove_chunk(-1), 0::bigint, 'an unknown range is none'
);
select is(
    (
        select consolidation.prove_chunk(consolidation.claim_chunk('proof', 100000))
        from claimed
    ),
    (select count(*) - 5 from legacy.workflow_trace),
    'the last range is all that is left'
);
select is(pg_temp.unequal(), '{910002}'::bigint [], 'it found the damage');
select is_empty(
    'select from consolidation.chunk as c where c.task = ''proof'' and c.finished_at is null',
    'after that nothing is left to prove'
);
select is(
    (select sum(c.traces)::bigint from consolidation.chunk as c where c.task = 'proof'),
    (select count(*) from legacy.workflow_trace),
    'every run was compared'
);

-- Capture that was interrupted --------------------------------------------------------------------

alter table public.user_workflow_run_step disable trigger capture_delete;
alter table public.user_workflow_run_step enable always trigger capture_delete;
set local client_min_messages = warning;
select lives_ok(
    'select consolidation.begin_proof()', 'a proof can begin after capture was interrupted'
);
reset client_min_messages;
select results_eq(
    $$
    select c.first_trace_id, c.last_trace_id, c.started_at from consolidation.chunk as c
    where c.task = 'proof'
    $$,
    'values (-9223372036854775808, 9223372036854775807, null::timestamptz)',
    'it begins anew: what was written meanwhile is in no queue'
);
select is(pg_temp.unequal(), '{}'::bigint [], 'with nothing recorded');
select lives_ok('select consolidation.forget_proof()', 'a proof can be forgotten');
select is_empty('select from consolidation.proof', 'then there is none');

-- Too early ---------------------------------------------------------------------------------------

insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces)
values ('backfill', 1, 1, 1);
select throws_ok(
    'select consolidation.begin_proof()', '55000', null,
    'a proof before the backfill is done is refused'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.begin_proof()', '42501', null, 'applications cannot prove'
);
select throws_ok(
    'select from consolidation.unequal_trace', '42501', null, 'nor read what differs'
);
reset role;

select * from finish();
rollback;
