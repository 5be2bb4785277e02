-- Ranges of runs: planned, claimed, done.

begin;
select plan(21);

select lives_ok(
    'select consolidation.plan_chunks(''backfill'')',
    'the runs are noted once: again changes nothing'
);
select is(
    (
        select count(*)::integer from consolidation.chunk as c
        where c.finished_at is null or c.first_trace_id > c.last_trace_id
    ),
    0,
    'every range is done'
);
select is(
    consolidation.claim_chunk('backfill', 10), null,
    'after the cut-over there is no range to claim'
);
select throws_ok(
    format('select consolidation.check_batch_size(%s)', b.size), '22023', null,
    format('a batch_size of %s is refused', b.size)
)
from unnest(array['0', '-1', '100001', 'null']) as b (size);
select lives_ok(
    'select consolidation.check_batch_size(1), consolidation.check_batch_size(100000)',
    'batches of 1 and of 100,000 are in order'
);
select throws_ok(
    $$ insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces)
    values ('else', 1, 1, 1) $$,
    '23514', null, 'a range belongs to the backfill or to the proof'
);

-- A proof of eleven runs and what else there is, by ranges of four --------------------------

delete from consolidation.chunk where task = 'proof';
select lives_ok('select consolidation.plan_chunks(''proof'')', 'a proof can be planned');
select results_eq(
    $$
    select c.first_trace_id, c.last_trace_id, c.traces, c.started_at, c.finished_at
    from consolidation.chunk as c
    where c.task = 'proof'
    $$,
    $$
    select
        -9223372036854775808, 9223372036854775807, count(*), null::timestamptz, null::timestamptz
    from legacy.workflow_trace
    $$,
    'it is one range of all ids there can be: documents without an old row are compared as well'
);
create temporary table claimed (ordinal integer, chunk_id bigint);
insert into claimed
select n, consolidation.claim_chunk('proof', 4) from generate_series(1, 3) as n;
select results_eq(
    $$
    select c.traces, c.pid = pg_backend_pid(), c.started_at is not null, c.finished_at is null
    from claimed as l
    inner join consolidation.chunk as c on c.chunk_id = l.chunk_id
    order by l.ordinal
    $$,
    'values (4::bigint, true, true, true), (4, true, true, true), (4, true, true, true)',
    'a batch has as many runs as were asked for, and says whose it is'
);
select is_empty(
    $$
    select from (
        select
            c.first_trace_id,
            lag(c.last_trace_id) over (order by c.first_trace_id) as before
        from consolidation.chunk as c
        where c.task = 'proof'
    ) as o
    where o.first_trace_id <> o.before + 1
    $$,
    'ranges follow each other without a gap'
);
select results_eq(
    $$
    select sum(c.traces), min(c.first_trace_id), max(c.last_trace_id)
    from consolidation.chunk as c
    where c.task = 'proof'
    $$,
    $$
    select count(*)::numeric, -9223372036854775808, 9223372036854775807 from legacy.workflow_trace
    $$,
    'together they are what was planned'
);
select is(
    (
        select count(*)::integer
        from claimed as l
        inner join consolidation.chunk as c on c.chunk_id = l.chunk_id
        cross join lateral (
            select count(*) as traces from legacy.workflow_trace as t
            where t.trace_id between c.first_trace_id and c.last_trace_id
        ) as n
        where n.traces = c.traces
    ),
    3,
    'a range holds as many runs as it says'
);
select is(
    (
        select count(*)::integer from consolidation.chunk as c
        where c.task = 'proof' and c.started_at is null
    ),
    1,
    'the rest is one range that nobody has begun'
);
insert into claimed select 4, consolidation.claim_chunk('proof', 100000);
select is(
    (select c.last_trace_id from claimed as l inner join consolidation.chunk as c
            on c.chunk_id = l.chunk_id where l.ordinal = 4),
    9223372036854775807,
    'the last batch takes all that is left'
);
update consolidation.chunk set finished_at = now()
where task = 'proof' and chunk_id <> (select l.chunk_id from claimed as l where l.ordinal = 2);
select is(
    consolidation.claim_chunk('proof', 4),
    (select l.chunk_id from claimed as l where l.ordinal = 2),
    'a batch that its session left is taken by the next one'
);
update consolidation.chunk set finished_at = now() where task = 'proof';
select is(
    consolidation.claim_chunk('proof', 4), null, 'when all is done there is nothing to claim'
);

set local role workflow_app;
select throws_ok(
    'select consolidation.claim_chunk(''proof'', 1)', '42501', null, 'applications cannot claim'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select consolidation.enter_batch(), consolidation.claim_chunk(''proof'', 1)',
    'maintenance can'
);
reset role;

select * from finish();
rollback;
