-- take_locks: all at once and briefly, or not at all. That it gives up is tried with two sessions.

begin;
select plan(7);

prepare unknown_mode as
select consolidation.take_locks(array['public.user_workflow_run']::regclass [], 'share');
select throws_ok('unknown_mode', '22023', null, 'only modes that keep writers out are taken');
prepare injected_mode as
select consolidation.take_locks(
    array['public.user_workflow_run']::regclass [], 'exclusive mode; drop table x; --'
);
select throws_ok('injected_mode', '22023', null, 'a mode is one of three words, and no statement');
select lives_ok(
    'select consolidation.take_locks(''{}'', ''exclusive'')', 'no tables need no lock'
);
create temporary table busy_one (id integer);
create temporary table busy_two (id integer);
select lives_ok(
    format(
        'select consolidation.take_locks(array[''busy_one'', ''busy_two'']::regclass [], %L)',
        m.mode
    ),
    format('free tables are locked in %s mode', m.mode)
)
from unnest(array['share row exclusive', 'exclusive', 'access exclusive']) as m (mode);
select is(
    (
        select count(*)::integer
        from (
            select distinct l.relation, l.mode
            from pg_locks as l
            where
                l.pid = pg_backend_pid() and l.granted
                and l.relation in ('busy_one'::regclass, 'busy_two'::regclass)
                and l.mode in ('ShareRowExclusiveLock', 'ExclusiveLock')
        ) as held
    ),
    4,
    'every table is locked in the modes asked for, until the end of the transaction'
);

select * from finish();
rollback;
