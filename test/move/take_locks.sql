-- take_locks: all at once and briefly, or not at all. That it gives up is tried with two sessions.

begin;
select plan(12);

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
-- Others might be vacuumed at any moment.
create table public.never_vacuumed (id integer);
select is_empty(
    $$
    select l.mode
    from (
        select consolidation.end_autovacuum(array['public.never_vacuumed']::regclass [])
        offset 0
    ) as e
    inner join pg_locks as l
        on
            l.pid = pg_backend_pid()
            and l.relation = 'public.never_vacuumed'::regclass
            and l.mode = 'ShareUpdateExclusiveLock'
    $$,
    'a table that nobody vacuums is not locked against it'
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

-- The table that sessions of the move lock -------------------------------------------------------

select lives_ok('select consolidation.keep_batches_out(''0 s'')', 'nobody is in a batch');
select results_eq(
    $$
    select l.mode from pg_locks as l
    where l.pid = pg_backend_pid() and l.relation = 'consolidation.run_lock'::regclass
    $$,
    $$ values ('ExclusiveLock') $$,
    'batches are kept out, and a dump is not'
);
set local role workflow_app;
select throws_ok(
    'lock table consolidation.run_lock in access share mode', '42501', null,
    'an application cannot lock the table'
);
select throws_ok(
    'select from consolidation.run_lock for key share', '42501', null, 'nor a row of it'
);
reset role;

select * from finish();
rollback;
