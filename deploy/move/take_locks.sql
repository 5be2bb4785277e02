-- Deploy workflow_consolidation:move/take_locks to pg
--
-- Why:    a queued lock request blocks every later request on that table. So there is one way to
--         take locks on busy tables: all of them within a few hundredths of a second, or none and
--         try again.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/take_locks') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.run_lock (
    bucket integer not null,
    constraint run_lock_pkey primary key (bucket)
);
comment on table consolidation.run_lock is
'Locks of the sessions of the move: a row stands for runs with neighbouring ids, the table for all
of them. A table, since any role can take and keep advisory locks';
comment on column consolidation.run_lock.bucket is
'Number of the row: 256 rows, since one for each run would not fit the lock table';
insert into consolidation.run_lock (bucket)
select b.bucket from generate_series(0, 255) as b (bucket);

create function consolidation.lock_holders(tables regclass [])
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select string_agg(h.holder, '; ' order by h.began, h.holder)
        from (
            select
                a.xact_start as began,
                format(
                    'pid %s (%s, role %s, %s, transaction open for %s) on %s',
                    a.pid, coalesce(nullif(a.application_name, ''), 'no application name'),
                    a.usename, a.state,
                    date_trunc('second', clock_timestamp() - a.xact_start),
                    string_agg(distinct l.relation::regclass::text, ', ')
                ) as holder
            from pg_locks as l
            inner join pg_stat_activity as a on a.pid = l.pid
            where
                l.locktype = 'relation'
                and l.database = (
                    select d.oid from pg_database as d where d.datname = current_database()
                )
                and l.relation = any (tables)
                and l.granted
                and l.pid <> pg_backend_pid()
            group by a.pid, a.application_name, a.usename, a.state, a.xact_start
            union all
            -- These have no session, and a restart of the server changes their virtual transaction.
            -- The lock that each holds on its own id finds them.
            select
                x.prepared,
                format(
                    'prepared transaction %L on %s',
                    x.gid, string_agg(distinct l.relation::regclass::text, ', ')
                )
            from pg_locks as l
            inner join pg_locks as i
                on i.virtualtransaction = l.virtualtransaction and i.pid is null
            inner join pg_prepared_xacts as x on x.transaction = i.transactionid
            where
                l.locktype = 'relation'
                and l.pid is null
                and x.database = current_database()
                and l.relation = any (tables)
            group by x.gid, x.prepared
        ) as h
    );
end;
$$;
comment on function consolidation.lock_holders(regclass []) is
'Sessions and prepared transactions that hold a lock on one of the tables; null if there are none';

create function consolidation.give_way(attempt integer)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The pause is longer than an attempt, so that every session that queued behind it gets
    -- through.
    perform pg_sleep(least(3, 0.1 * 1.5 ^ least(attempt, 20)) * (0.5 + random()));
end;
$$;
comment on function consolidation.give_way(integer) is
'Waits between two attempts to take locks: 0.1 s after the first, growing to 3 s, with jitter';

create function consolidation.whole_seconds(duration interval)
returns interval
language sql
immutable
parallel safe
return date_trunc('second', duration + interval '0.5 seconds');
comment on function consolidation.whole_seconds(interval) is
'A duration as messages show it';

create function consolidation.milliseconds_since(began timestamptz)
returns numeric
language sql
volatile
return round(extract(epoch from clock_timestamp() - began) * 1000);
comment on function consolidation.milliseconds_since(timestamptz) is
'How long ago that was, in milliseconds';

create function consolidation.end_autovacuum(tables regclass [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- The server ends an autovacuum that somebody waited for as long as deadlock_timeout.
set lock_timeout = 0
as $$
declare
    vacuumed regclass;
begin
    perform set_config(
        'lock_timeout',
        (
            1000 + extract(epoch from current_setting('deadlock_timeout')::interval) * 1000
        )::integer::text,
        true
    );
    for vacuumed in
        select distinct l.relation::regclass
        from pg_locks as l
        where
            l.mode = 'ShareUpdateExclusiveLock'
            and l.granted
            and l.pid <> pg_backend_pid()
            and l.database = (
                select d.oid from pg_database as d where d.datname = current_database()
            )
            and l.relation = any (tables)
    loop
        begin
            execute format('lock table only %s in share update exclusive mode', vacuumed);
        exception when lock_not_available then
            -- A vacuum that somebody began, or one against wraparound, goes on.
            null;
        end;
    end loop;
end;
$$;
comment on function consolidation.end_autovacuum(regclass []) is
'Locks those of the tables that a vacuum holds in share update exclusive mode, for which no reader
and no writer waits: an attempt to take stronger locks is too short for the server to end an
autovacuum';

create function consolidation.take_locks(
    tables regclass [],
    mode text,
    patience interval default '5 minutes',
    hold interval default '40 milliseconds'
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- The body changes lock_timeout; this clause gives the caller its own value back.
set lock_timeout = 0
as $$
declare
    give_up_at constant timestamptz := clock_timestamp() + patience;
    attempt integer := 0;
    attempt_ends timestamptz;
    wanted regclass;
begin
    if coalesce(mode, '') not in ('share row exclusive', 'exclusive', 'access exclusive') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('take_locks: unknown lock mode "%s"', mode);
    end if;
    if patience is null or hold is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'take_locks: patience and hold cannot be null';
    end if;
    loop
        attempt := attempt + 1;
        perform consolidation.end_autovacuum(tables);
        attempt_ends := clock_timestamp() + hold;
        begin
            -- A failed attempt gives its locks back: the block is a subtransaction.
            foreach wanted in array tables loop
                perform set_config(
                    'lock_timeout',
                    greatest(
                        1, ceil(extract(epoch from attempt_ends - clock_timestamp()) * 1000)
                    )::text || 'ms',
                    true
                );
                execute format('lock table only %s in %s mode', wanted, mode);
            end loop;
            return;
        exception when lock_not_available then
            null;
        end;
        if clock_timestamp() >= give_up_at then
            exit;
        end if;
        perform consolidation.give_way(attempt);
    end loop;

    raise exception using
        errcode = 'lock_not_available',
        message = format(
            'no %s lock on %s within %s (%s attempts)',
            mode, array_to_string(tables::text [], ', '), patience, attempt
        ),
        detail = coalesce(
            'Held by ' || consolidation.lock_holders(tables), 'Nobody holds a lock now.'
        ),
        hint = 'Nothing was changed. End the long transactions, or try at a quieter time.';
end;
$$;
comment on function consolidation.take_locks(regclass [], text, interval, interval) is
'Locks the tables in the given order for the rest of the transaction. Each attempt lasts at most
"hold" in all (default 40 ms) and is given up whole; pauses grow from 0.1 s to 3 s. Raises 55P03
after "patience" and names the holders. mode: share row exclusive, exclusive or access exclusive';
create function consolidation.keep_batches_out(patience interval)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.take_locks(
        array['consolidation.run_lock'::regclass], 'exclusive', patience, interval '1 second'
    );
end;
$$;
comment on function consolidation.keep_batches_out(interval) is
'Waits until no batch of another session runs, at most for about that long, and keeps new ones
waiting until the end of the transaction. Raises 55P03 and names the sessions';

call consolidation.note_deployed('move/take_locks');

commit;
