-- How fast batches follow each other, and how they are stopped.

begin;
select plan(25);

select throws_ok(
    format(
        'select consolidation.check_pace(batch_time => %s, pause => %s, max_lag => %s)',
        p.batch_time, p.pause, p.max_lag
    ),
    '22023', null,
    format('batch_time %s, pause %s, max_lag %s is refused', p.batch_time, p.pause, p.max_lag)
)
from (
    values
    ('''0''', '''0''', 'null'), ('''-1 s''', '''0''', 'null'), ('''1 s''', '''-1 s''', 'null'),
    ('''1 s''', '''0''', '''0'''), ('''1 s''', '''0''', '''-1 s''')
) as p (batch_time, pause, max_lag);
select lives_ok(
    $$
    select
        consolidation.check_pace('1 ms', '0', '1 s'),
        consolidation.check_pace(null, '0', null)
    $$,
    'a short batch, no pause, a lag, and no batch_time are in order'
);
set local role workflow_maintenance;
select throws_ok(
    $$ select consolidation.check_pace('1 s', '0', '1 s') $$, '42501', null,
    'a role that cannot see the lag of standbys is told so'
);
select lives_ok(
    $$ select consolidation.check_pace('1 s', '0', null) $$, 'control: without max_lag it need not'
);
reset role;
select is(consolidation.standby_lag(), '0'::interval, 'without a standby nothing is behind');

select is(
    consolidation.next_size(n.size, n.done, n.taken::interval, n.batch_time::interval), n.expected,
    n.rule
)
from (
    values
    (100, 100::bigint, '1 s', '500 ms', 50, 'a batch that took twice too long is halved'),
    (100, 100, '400 ms', '500 ms', 125, 'a batch that was too short grows'),
    (100, 100, '10 ms', '500 ms', 200, 'at most to twice its size'),
    (100, 100, '0', '500 ms', 200, 'also when it took no time at all'),
    (1, 1, '1 hour', '500 ms', 1, 'never below one run'),
    (400, 400, '1 ms', '500 ms', 500, 'never above 500'),
    (100, 20, '1 ms', '500 ms', 100, 'a batch that was not full says nothing'),
    (100, 100, '1 hour', null, 100, 'without batch_time the size stays')
) as n (size, done, taken, batch_time, expected, rule);

select ok(not consolidation.is_asked_to_stop(), 'nobody asked this session to stop');
select lives_ok(
    'select consolidation.stop_backfill(pg_backend_pid() + 1)', 'a session can be asked to stop'
);
select ok(not consolidation.is_asked_to_stop(), 'another one was asked, not this one');
set local role workflow_app;
select throws_ok(
    format('select consolidation.%s', f.call), '42501', null,
    format('applications cannot call %s', f.call)
)
from unnest(
    array['stop_backfill(1)', 'is_asked_to_stop()', 'standby_lag()',
    'next_size(1, 1, ''1 s'', ''1 s'')', 'check_pace(''1 s'', ''0'', null)']
) as f (call);
reset role;

select * from finish();
rollback;
