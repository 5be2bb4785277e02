-- Deploy workflow_consolidation:move/pace to pg
--
-- Why:    these functions pace the batches, and ask a session to end.
-- Locks:  none.
-- Revert: drops functions, procedure and table.

select consolidation.is_deployed('move/pace') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.stop_request (
    pid integer not null,
    asked_by integer not null,
    asked_by_began timestamptz not null,
    constraint stop_request_pkey primary key (pid, asked_by)
);
comment on table consolidation.stop_request is
'Sessions that stop_backfill() asked to end. A request holds while the session that made it is
connected. A table, since any role can take an advisory lock';
comment on column consolidation.stop_request.pid is 'Process id of the session that is to end';
comment on column consolidation.stop_request.asked_by is 'Process id of the session that asked';
comment on column consolidation.stop_request.asked_by_began is
'When the session that asked connected: process ids are used again';

create function consolidation.stop_backfill(pid integer)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from consolidation.stop_request as r
    where not exists (select from pg_stat_activity as a where a.pid = r.asked_by);
    insert into consolidation.stop_request as r (pid, asked_by, asked_by_began)
    select stop_backfill.pid, a.pid, a.backend_start
    from pg_stat_activity as a
    where a.pid = pg_backend_pid()
    on conflict on constraint stop_request_pkey do update
    set asked_by_began = excluded.asked_by_began;
end;
$$;
comment on function consolidation.stop_backfill(integer) is
'Asks backfill or catch_up of that session to end after its batch, until the caller disconnects.
Call it outside a transaction';

create function consolidation.is_asked_to_stop()
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.stop_request as r
        inner join pg_stat_activity as a on a.pid = r.asked_by
        -- backend_start is null where the caller may not see it.
        where r.pid = pg_backend_pid() and coalesce(a.backend_start = r.asked_by_began, true)
    );
end;
$$;
comment on function consolidation.is_asked_to_stop() is
'Whether somebody called stop_backfill for this session';

create function consolidation.check_pace(batch_time interval, pause interval, max_lag interval)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    wrong constant text := case
        when batch_time <= interval '0' then format('batch_time %s is not positive', batch_time)
        when pause < interval '0' then format('pause %s is negative', pause)
        when max_lag <= interval '0' then format('max_lag %s is not positive', max_lag)
    end;
begin
    if wrong is not null then
        raise exception using errcode = 'invalid_parameter_value', message = wrong;
    end if;
    if max_lag is not null and not pg_has_role('pg_read_all_stats', 'usage') then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('max_lag: %s may not see how far the standbys are', current_user),
            hint = format('grant pg_read_all_stats to %I;', current_user);
    end if;
end;
$$;
comment on function consolidation.check_pace(interval, interval, interval) is
'Raises 22023 for a batch_time, pause or max_lag that cannot be kept, 42501 for a max_lag without
the right to read the lag';

create function consolidation.standby_lag()
returns interval
language sql
stable
return (select coalesce(max(r.replay_lag), '0') from pg_catalog.pg_stat_replication as r);
comment on function consolidation.standby_lag() is
'How far the slowest connected standby is behind in replaying; 0 if none is';

create procedure consolidation.rest(
    batch_ended timestamptz, pause interval, max_lag interval, inout stopped boolean
)
language plpgsql
as $$
declare
    early boolean;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    loop
        stopped := consolidation.is_asked_to_stop();
        early :=
            pg_catalog.clock_timestamp() operator(pg_catalog.<)
            (batch_ended operator(pg_catalog.+) pause)
            or consolidation.standby_lag() operator(pg_catalog.>) max_lag;
        commit;
        exit when stopped or early is not true;
        if
            consolidation.standby_lag() operator(pg_catalog.>) max_lag
            and pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'waits for a standby that is % behind', consolidation.standby_lag();
        end if;
        perform pg_catalog.pg_sleep(0.05);
    end loop;
end;
$$;
comment on procedure consolidation.rest(timestamptz, interval, interval, boolean) is
'Between two batches: waits until pause is over and no standby is farther behind than max_lag.
stopped: whether stop_backfill asked the session to end';

create function consolidation.next_size(
    size integer, done bigint, taken interval, batch_time interval
)
returns integer
language sql
immutable
parallel safe
return case
    -- The time of a batch that was smaller than wanted says little.
    when done < size or batch_time is null then size
    else least(
        500,
        greatest(
            1,
            size * least(
                2,
                extract(epoch from batch_time) / greatest(extract(epoch from taken), 0.001)
            )
        )
    )::integer
end;
comment on function consolidation.next_size(integer, bigint, interval, interval) is
'Runs of the next batch, so that it takes batch_time; at most twice as many as before, and never
more than 500: a session holds the documents of a batch in memory';

call consolidation.note_deployed('move/pace');

commit;
