-- Deploy workflow_consolidation:move/pace to pg
--
-- Why:    how fast the batches follow each other, and how a session is asked to end.
-- Locks:  none.
-- Revert: drops functions and procedure.

select consolidation.is_deployed('move/pace') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.stop_backfill(pid integer)
returns void
language sql
volatile
return pg_advisory_lock_shared(hashtext('workflow_consolidation stop'), pid);
comment on function consolidation.stop_backfill(integer) is
'Asks backfill or catch_up of that session to end after its batch, until the caller disconnects';

create function consolidation.is_asked_to_stop()
returns boolean
language sql
volatile
return not pg_try_advisory_xact_lock(hashtext('workflow_consolidation stop'), pg_backend_pid());
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
    reported timestamptz := clock_timestamp();
begin
    loop
        stopped := consolidation.is_asked_to_stop();
        early := clock_timestamp() < batch_ended + pause or consolidation.standby_lag() > max_lag;
        commit;
        exit when stopped or early is not true;
        if
            consolidation.standby_lag() > max_lag
            and clock_timestamp() > reported + interval '5 seconds'
        then
            reported := clock_timestamp();
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
    -- Of a batch that was smaller than wanted the time says little.
    when done < size or batch_time is null then size
    else least(
        100000,
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
'Executions of the next batch, so that it takes batch_time; at most twice as many as before';

call consolidation.note_deployed('move/pace');

commit;
