-- The queue is emptied: what was written meanwhile is carried over, after the cut-over back.

begin;
select plan(28);

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

create function pg_temp.carried(batch_size integer, lowest bigint default -9223372036854775808)
returns integer
language sql
as $$
select c.carried from consolidation.carry_changes(batch_size, lowest) as c
$$;

select is(pg_temp.carried(2), 2, 'changes are carried in batches of the size asked for');
select is(
    (
        select array_agg(t.trace_id order by t.trace_id) from legacy.workflow_trace as t
        where t.trace_id between 910001 and 910005
    ),
    '{910001,910002}'::bigint [],
    'a batch carries back the first runs that are noted'
);
select results_eq(
    'select c.lowest, c.carried from consolidation.carry_changes(1, 910004) as c',
    'values (910005::bigint, 1)',
    'a batch begins where the one before ended, and says where to go on'
);
select is(pg_temp.carried(1000), 2, 'the rest is a smaller batch');
select results_eq(
    'select c.lowest, c.carried from consolidation.carry_changes(1000, -9223372036854775808) as c',
    'values (null::bigint, 0)',
    'an empty queue is an empty batch, after which nothing is left'
);
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
select is(
    (
        select count(*)::integer from consolidation.carried_back as b
        where b.trace_id between 910001 and 910005
    ),
    5,
    'all that was noted is known to have been carried back'
);

-- However many entries a run has, it is carried once, with its last state ------------------

update public.user_workflow_run set status = 'a' where legacy_trace_id = 910001;
update public.user_workflow_run set status = 'b' where legacy_trace_id = 910001;
select is(
    (select count(*)::integer from consolidation.change), 2, 'two statements are two entries'
);
select is(pg_temp.carried(1000), 1, 'two entries of a run are one to carry');
select is(
    (select t.status from legacy.workflow_trace as t where t.trace_id = 910001), 'b',
    'the last state is carried back'
);
select is_empty('select from consolidation.change', 'its entries are gone from the queue');
-- Round robin, as busy applications write.
insert into consolidation.change (trace_id)
select 910001 + (n - 1) % 5 from generate_series(1, 5000) as n;
select is(
    consolidation.queued_traces(-9223372036854775808, 3), '{910001,910002,910003}'::bigint [],
    'the next runs of the queue, each once'
);
select is(
    consolidation.queued_traces(910004, 1000), '{910004,910005}'::bigint [],
    '… from one of them on'
);
select is(
    consolidation.queued_traces(910006, 1000), '{}'::bigint [], '… which may be none'
);
select results_eq(
    'select c.lowest, c.carried from consolidation.carry_changes(3, -9223372036854775808) as c',
    'values (910004::bigint, 3)',
    'a thousand entries each of three runs are three to carry'
);
select results_eq(
    'select c.trace_id, count(*) from consolidation.change as c group by c.trace_id order by 1',
    'values (910004::bigint, 1000::bigint), (910005, 1000)',
    'all their entries are gone; the others wait'
);
delete from consolidation.change;

-- Neighbours share a lock: 910079 and 910080 do not, 910080 to 910335 do.
insert into consolidation.change (trace_id)
select n from generate_series(910078, 910082) as n;
select is(
    array[consolidation.lock_bucket(910079), consolidation.lock_bucket(910335)],
    array[consolidation.lock_bucket(910078), consolidation.lock_bucket(910080)],
    'control: where one lock ends'
);
select is(
    consolidation.queued_traces(910000, 4), '{910078,910079}'::bigint [],
    'a batch ends where a lock ends, so that the next batch needs another'
);
select is(
    consolidation.queued_traces(910080, 2), '{910080,910081}'::bigint [],
    'a batch under one lock ends where it is full'
);
select is(
    consolidation.queued_traces(910000, 5), '{910078,910079}'::bigint [],
    'also where nothing is left: nobody looks that far'
);
delete from consolidation.change;

-- The highest and the lowest id there can be.
insert into consolidation.change (trace_id) values (9223372036854775807), (-9223372036854775808);
select results_eq(
    'select c.lowest, c.carried from consolidation.carry_changes(1, -9223372036854775808) as c',
    'values (-9223372036854775807, 1)',
    'the lowest id there can be is carried'
);
select results_eq(
    'select c.lowest, c.carried from consolidation.carry_changes(1000, -9223372036854775807) as c',
    'values (null::bigint, 1)',
    'after the highest id there can be nothing is left'
);

-- A truncate is everything.
insert into consolidation.change (trace_id) values (null);
select is(pg_temp.carried(1000), 0, 'a truncate is no run');
select lives_ok('select consolidation.note_everything()', '… but all of them can be noted');
select results_eq(
    'select count(distinct c.trace_id) from consolidation.change as c where c.trace_id is not null',
    'select count(*) from public.user_workflow_run',
    'a truncate puts every run into the queue'
);
delete from consolidation.change;
select throws_ok(
    format('call consolidation.catch_up(%s)', b.size), '22023', null,
    format('a batch_size of %s is refused', b.size)
)
from unnest(array[0]) as b (size);
set local role workflow_app;
select throws_ok(
    'select consolidation.carry_changes(1, 0)', '42501', null, 'applications cannot carry'
);
reset role;

select * from finish();
rollback;
