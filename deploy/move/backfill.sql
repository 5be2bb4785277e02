-- Deploy workflow_consolidation:move/backfill to pg
--
-- Why:    carries everything over in batches, each a transaction of its own, from as many sessions
--         as you like; and what was written meanwhile, in the same way.
-- Locks:  rows of the document tables; none that an application waits for.
-- Revert: drops procedures and progress.

select consolidation.is_deployed('move/backfill') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.chunk (
    chunk_id bigint generated always as identity,
    first_trace_id bigint not null,
    last_trace_id bigint not null,
    traces bigint not null,
    steps bigint,
    events bigint,
    pid integer,
    started_at timestamptz,
    finished_at timestamptz,
    constraint chunk_pkey primary key (chunk_id)
);
comment on table consolidation.chunk is
'The backfill: one range of executions a batch, and one for what no session has begun with.
Executions that came after it started come through the queue';
comment on column consolidation.chunk.chunk_id is 'Key; 1 is what is left, until its last batch';
comment on column consolidation.chunk.first_trace_id is 'First execution of the range';
comment on column consolidation.chunk.last_trace_id is 'Last execution of the range';
comment on column consolidation.chunk.traces is
'Executions in the range: as counted when the backfill began, then by its batch';
comment on column consolidation.chunk.steps is 'Steps of these, counted by its batch';
comment on column consolidation.chunk.events is 'Events of these, counted by its batch';
comment on column consolidation.chunk.pid is 'Process id of the session whose batch it is';
comment on column consolidation.chunk.started_at is 'When the batch began; null until then';
comment on column consolidation.chunk.finished_at is
'When it was carried over; null until then, and for ever if the session was ended: others take it';
create index chunk_open_idx on consolidation.chunk (chunk_id) where finished_at is null;
comment on index consolidation.chunk_open_idx is 'What is left to do, however many are done';

create function consolidation.enter_batch()
returns void
language sql
volatile
begin atomic
    -- Shared by all batches, exclusive to whoever swaps the names: that one never waits for a
    -- batch while it holds the tables.
    select pg_advisory_xact_lock_shared(hashtext('workflow_consolidation'), 256);
end;
comment on function consolidation.enter_batch() is
'Keeps the old and new names from being swapped until the end of the transaction';

create function consolidation.check_batch_size(batch_size integer)
returns void
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if batch_size is null or batch_size not between 1 and 100000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'batch_size %s is not between 1 and 100000', coalesce(batch_size::text, 'null')
            );
    end if;
end;
$$;
comment on function consolidation.check_batch_size(integer) is
'Raises 22023 unless batch_size is between 1 and 100000';

create function consolidation.plan_chunks()
returns void
language plpgsql
set search_path = legacy, public, pg_temp
as $$
begin
    perform consolidation.see_everything();
    lock table consolidation.chunk in share row exclusive mode;
    if exists (select from consolidation.chunk) then
        return;
    end if;
    insert into consolidation.chunk (first_trace_id, last_trace_id, traces)
    select
        min(t.trace_id),
        max(t.trace_id),
        count(*)
    from workflow_trace as t
    having count(*) > 0;
end;
$$;
comment on function consolidation.plan_chunks() is
'Notes the executions present as one range to carry over, once';

create function consolidation.claim_chunk(batch_size integer)
returns bigint
language plpgsql
set search_path = legacy, public, pg_temp
as $$
declare
    claimed bigint;
    rest consolidation.chunk;
    batch record;
begin
    perform consolidation.see_everything();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    loop
        -- Waits for a session that takes its batch from it: a matter of milliseconds.
        select c.* into rest
        from consolidation.chunk as c
        where c.started_at is null and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
        if found then
            select
                max(t.trace_id) as last_trace_id,
                count(*) as traces
            into batch
            from (
                select w.trace_id
                from workflow_trace as w
                where w.trace_id between rest.first_trace_id and rest.last_trace_id
                order by w.trace_id
                limit batch_size
            ) as t;
            if batch.traces < batch_size or batch.last_trace_id = rest.last_trace_id then
                update consolidation.chunk as c
                set traces = batch.traces, pid = pg_backend_pid(), started_at = clock_timestamp()
                where c.chunk_id = rest.chunk_id;
                return rest.chunk_id;
            end if;
            -- Executions deleted meanwhile are not to do any more, nor may others make it negative.
            update consolidation.chunk as c
            set
                first_trace_id = batch.last_trace_id + 1,
                traces = greatest(c.traces - batch.traces, 0)
            where c.chunk_id = rest.chunk_id;
            insert into consolidation.chunk (
                first_trace_id, last_trace_id, traces, pid, started_at
            )
            values (
                rest.first_trace_id, batch.last_trace_id, batch.traces, pg_backend_pid(),
                clock_timestamp()
            )
            returning chunk_id into claimed;
            return claimed;
        end if;

        -- What a session left that was ended in its batch.
        select c.chunk_id into claimed
        from consolidation.chunk as c
        where c.finished_at is null
        order by c.chunk_id
        limit 1
        for update skip locked;
        if found then
            return claimed;
        end if;
        exit when not exists (
            select from consolidation.chunk as c where c.finished_at is null
        );
        -- All that is left is at other sessions; it is done when they say so.
        perform
        from consolidation.chunk as c
        where c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
    end loop;
    return null;
end;
$$;
comment on function consolidation.claim_chunk(integer) is
'Takes the next batch_size executions, or a batch that an ended session left. Returns the chunk_id
to carry over in the next transaction; null once everything is done, for which it waits';

create function consolidation.carry_chunk(claimed_id bigint)
returns bigint
language plpgsql
set search_path = legacy, public, pg_temp
as $$
declare
    claimed consolidation.chunk;
    trace_ids bigint [];
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    -- Until the end of the batch: whoever finds it unlocked may take it to be left.
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.chunk_id = claimed_id and c.finished_at is null
    for update skip locked;
    if not found then
        return 0;
    end if;
    trace_ids := array(
        select t.trace_id
        from workflow_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    perform consolidation.lock_traces_shared(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
    update consolidation.chunk as c
    set
        traces = cardinality(trace_ids),
        steps = (
            select count(*)
            from workflow_steps as s
            where s.trace_id between c.first_trace_id and c.last_trace_id
        ),
        events = (
            select count(*)
            from workflow_events as e
            where e.trace_id between c.first_trace_id and c.last_trace_id
        ),
        pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return cardinality(trace_ids);
end;
$$;
comment on function consolidation.carry_chunk(bigint) is
'Carries over a range that claim_chunk returned; returns its executions, 0 if another session has
it, null after the cut-over';

create function consolidation.carry_changes(batch_size integer)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    touched bigint [];
    taken integer;
    everything boolean;
begin
    perform consolidation.enter_batch();
    -- Entries are cheap and executions are not: of the next entries, twenty times as many as
    -- executions are wanted, those of the first batch_size executions are taken. A busy execution
    -- is carried over once, however often it was written to.
    with head as (
        select
            q.change_id,
            q.trace_id
        from consolidation.change as q
        order by q.change_id
        limit 20 * batch_size
        for update skip locked
    ),

    wanted as (
        select h.trace_id
        from head as h
        group by h.trace_id
        order by min(h.change_id)
        limit batch_size
    ),

    taken_change as (
        delete from consolidation.change as c
        using head as h, wanted as w
        where c.change_id = h.change_id and h.trace_id is not distinct from w.trace_id
        returning c.trace_id
    )

    select
        count(*)::integer,
        coalesce(array_agg(distinct t.trace_id) filter (where t.trace_id is not null), '{}'),
        coalesce(bool_or(t.trace_id is null), false)
    into taken, touched, everything
    from taken_change as t;

    if everything then
        perform consolidation.note_everything();
    end if;
    if cardinality(touched) > 0 then
        case consolidation.phase()
            when 'expand' then perform consolidation.consolidate(touched);
            when 'cut over' then perform consolidation.carry_back(touched);
            else null;
        end case;
    end if;
    return taken;
end;
$$;
comment on function consolidation.carry_changes(integer) is
'Takes the entries of up to batch_size executions from the queue and carries these over (after the
cut-over: back); returns how many entries it took';

create function consolidation.note_everything()
returns void
language plpgsql
set search_path = legacy, public, pg_temp
as $$
begin
    perform consolidation.see_everything();
    insert into consolidation.change (trace_id)
    select r.legacy_trace_id from public.user_workflow_run as r
    union
    select t.trace_id from workflow_trace as t;
end;
$$;
comment on function consolidation.note_everything() is
'Puts every execution into the queue, as after a truncate';

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

create procedure consolidation.catch_up(
    batch_size integer default 1000, patience interval default null
)
language plpgsql
as $$
declare
    began constant timestamptz := clock_timestamp();
    last_change bigint;
    taken integer;
    stopped boolean;
    total bigint := 0;
    reported timestamptz := clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.require_read_committed();
    -- What comes in from here on is left to the next call: busy writers would keep this one for
    -- ever. A truncate stands for entries behind all others.
    if exists (select from consolidation.change as c where c.trace_id is null) then
        delete from consolidation.change as c where c.trace_id is null;
        perform consolidation.note_everything();
    end if;
    last_change := (select max(c.change_id) from consolidation.change as c);
    loop
        taken := consolidation.carry_changes(batch_size);
        stopped := consolidation.is_asked_to_stop();
        commit;
        total := total + taken;
        exit when taken = 0 or stopped or clock_timestamp() > began + patience
            or not exists (
                select from consolidation.change as c where c.change_id <= last_change
            );
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            raise notice 'caught up with % changes, % in the queue',
                total, (select count(*) from consolidation.change);
        end if;
    end loop;
end;
$$;
comment on procedure consolidation.catch_up(integer, interval) is
'Carries over what was written since: before the cut-over to the documents, after it to the old
tables, so that a revert finds little left to do. Commits every batch_size executions; can be killed
and repeated, and run from several sessions. Ends when what was in the queue at its begin is carried
over, when patience is over (default: never), or when stop_backfill asks it to. Raises 22023 for a
batch_size out of range. Call it outside a transaction';

create function consolidation.estimated_rows(table_name text)
returns bigint
language sql
stable
return (
    select nullif(c.reltuples, -1)::bigint
    from pg_catalog.pg_class as c
    where c.oid = consolidation.old_table(table_name)
);
comment on function consolidation.estimated_rows(text) is
'Rows of an old table as its statistics say; null if it was never analyzed';

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

create procedure consolidation.backfill(
    batch_size integer default 100,
    batch_time interval default '500 ms',
    pause interval default '0',
    max_lag interval default null
)
language plpgsql
as $$
declare
    size integer := batch_size;
    claimed bigint;
    carried bigint;
    done bigint := 0;
    stopped boolean;
    early boolean;
    state record;
    began constant timestamptz := clock_timestamp();
    batch_began timestamptz;
    batch_ended timestamptz;
    reported timestamptz := clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks();
    commit;
    loop
        loop
            stopped := consolidation.is_asked_to_stop();
            early := clock_timestamp() < batch_ended + pause
            or consolidation.standby_lag() > max_lag;
            commit;
            exit when stopped or early is not true;
            if
                consolidation.standby_lag() > max_lag
                and clock_timestamp() > reported + interval '5 seconds'
            then
                reported := clock_timestamp();
                raise notice 'backfill: waits for a standby that is % behind',
                    consolidation.standby_lag();
            end if;
            perform pg_sleep(0.05);
        end loop;
        if stopped then
            raise notice 'backfill: ends as asked; this session carried over % executions', done;
            return;
        end if;
        claimed := consolidation.claim_chunk(size);
        commit;
        exit when claimed is null;
        batch_began := clock_timestamp();
        carried := consolidation.carry_chunk(claimed);
        commit;
        batch_ended := clock_timestamp();
        exit when carried is null;
        done := done + carried;
        -- Of a batch that was smaller than wanted the time says little.
        if carried = size and batch_time is not null then
            size := least(
                100000,
                greatest(
                    1,
                    size * least(
                        2,
                        extract(epoch from batch_time)
                        / greatest(extract(epoch from batch_ended - batch_began), 0.001)
                    )
                )
            )::integer;
        end if;
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            select p.* into state from consolidation.progress as p;
            raise notice 'backfill: % of % executions (% %%), % a second, % left, queue %',
                state.runs_done, state.runs_total, state.percent, state.runs_per_second,
                state.time_left, state.queue_depth;
        end if;
    end loop;
    call consolidation.catch_up(greatest(size, 1000));
    raise notice 'backfill: this session carried over % executions, % a second',
        done,
        round(done / greatest(extract(epoch from clock_timestamp() - began), 0.001));
end;
$$;
comment on procedure consolidation.backfill(integer, interval, interval, interval) is
'Carries all executions over, a batch a transaction. batch_size: executions of the first batch;
batch_time: how long a batch should take, the following ones get as many executions as fit, at most
twice as many as the one before; null for batch_size always. pause: rest of this session between two
batches. max_lag: waits as long as a standby is farther behind in replaying; null for not at all.
Can be killed and repeated: what was committed stays done. Run it from several sessions to use
several cores; each returns when all is done, or when stop_backfill asks it to. Raises 22023 for a
parameter out of range, 42501 for max_lag without pg_read_all_stats, 23502 for a row that cannot be
carried. Call it outside a transaction';

create view consolidation.progress
with (security_invoker = true) as
select
    consolidation.phase() as phase,
    c.runs_total,
    c.runs_done,
    case
        when c.runs_total > 0 then round(100.0 * c.runs_done / c.runs_total, 1)
        else 100.0
    end as percent,
    r.runs_per_second,
    case
        when r.runs_per_second > 0
            then make_interval(secs => round((c.runs_total - c.runs_done) / r.runs_per_second))
    end as time_left,
    (select count(*) from consolidation.change) as queue_depth,
    c.steps_done,
    case
        when c.finished then c.steps_done
        else greatest(consolidation.estimated_rows('workflow_steps'), c.steps_done)
    end as steps_estimated,
    c.events_done,
    case
        when c.finished then c.events_done
        else greatest(consolidation.estimated_rows('workflow_events'), c.events_done)
    end as events_estimated
from (
    select
        coalesce(sum(k.traces), 0)::bigint as runs_total,
        coalesce(sum(k.traces) filter (where k.finished_at is not null), 0)::bigint as runs_done,
        coalesce(sum(k.steps), 0)::bigint as steps_done,
        coalesce(sum(k.events), 0)::bigint as events_done,
        bool_and(k.finished_at is not null) as finished
    from consolidation.chunk as k
) as c
cross join (
    -- Not over the hours between two calls.
    select
        round(
            sum(k.traces)
            / greatest(extract(epoch from max(k.finished_at) - min(k.started_at)), 0.001)
        ) as runs_per_second
    from consolidation.chunk as k
    where
        k.finished_at > (
            select max(m.finished_at) - interval '30 seconds' from consolidation.chunk as m
        )
) as r;
comment on view consolidation.progress is
'One row for \watch: phase, executions of the backfill in all and done, its rate, the time left at
that rate, changes waiting in the queue, and steps and events done of about how many';
comment on column consolidation.progress.phase is 'expand, cut over or contract';
comment on column consolidation.progress.runs_total is
'Executions present when the backfill began, but for those deleted before their batch';
comment on column consolidation.progress.runs_done is 'Of these, carried over and committed';
comment on column consolidation.progress.percent is 'runs_done in percent of runs_total';
comment on column consolidation.progress.runs_per_second is
'Rate of all sessions together, over the batches of the last 30 seconds there were any';
comment on column consolidation.progress.time_left is 'At that rate; null before the first batch';
comment on column consolidation.progress.queue_depth is
'Statements whose executions wait to be carried over, or back after the cut-over';
comment on column consolidation.progress.steps_done is 'Steps of the executions done';
comment on column consolidation.progress.steps_estimated is
'Steps in all, as the statistics of the old table estimate them; exact once all are done';
comment on column consolidation.progress.events_done is 'Events of the executions done';
comment on column consolidation.progress.events_estimated is
'Events in all, as the statistics of the old table estimate them; exact once all are done';

create view consolidation.progress_by_session
with (security_invoker = true) as
select
    c.pid,
    sum(c.traces) filter (where c.finished_at is not null)::bigint as runs_done,
    count(c.finished_at) as batches,
    (array_agg(c.finished_at - c.started_at order by c.finished_at desc nulls last))[1]
    as last_batch_time,
    sum(c.traces) filter (where c.finished_at is null)::bigint as runs_at_hand,
    max(c.started_at) filter (where c.finished_at is null) as at_hand_since
from consolidation.chunk as c
where c.pid is not null
group by c.pid;
comment on view consolidation.progress_by_session is
'What each session of the backfill did and does';
comment on column consolidation.progress_by_session.pid is 'Process id of the session';
comment on column consolidation.progress_by_session.runs_done is 'Executions it carried over';
comment on column consolidation.progress_by_session.batches is 'In how many batches';
comment on column consolidation.progress_by_session.last_batch_time is 'How long the last one took';
comment on column consolidation.progress_by_session.runs_at_hand is
'Executions of its present batch, or of one it was ended in that nobody has taken yet';
comment on column consolidation.progress_by_session.at_hand_since is 'When that batch began';

revoke all on function consolidation.enter_batch() from public;
revoke all on function consolidation.plan_chunks() from public;
revoke all on function consolidation.claim_chunk(integer) from public;
revoke all on function consolidation.carry_chunk(bigint) from public;
revoke all on function consolidation.carry_changes(integer) from public;
revoke all on function consolidation.note_everything() from public;
revoke all on procedure consolidation.catch_up(integer, interval) from public;
revoke all on function consolidation.estimated_rows(text) from public;
revoke all on function consolidation.check_pace(interval, interval, interval) from public;
revoke all on function consolidation.standby_lag() from public;
revoke all on function consolidation.stop_backfill(integer) from public;
revoke all on function consolidation.is_asked_to_stop() from public;
revoke all on procedure consolidation.backfill(integer, interval, interval, interval) from public;

-- Members of workflow_maintenance carry over, back, compare and watch; only the swap of the names
-- takes the owner of the tables.
grant execute
on function consolidation.enter_batch(), consolidation.plan_chunks(),
consolidation.claim_chunk(integer), consolidation.carry_chunk(bigint),
consolidation.carry_changes(integer), consolidation.note_everything(),
consolidation.estimated_rows(text), consolidation.check_pace(interval, interval, interval),
consolidation.standby_lag(), consolidation.stop_backfill(integer),
consolidation.is_asked_to_stop(), consolidation.consolidate(bigint []),
consolidation.rebuild_documents(bigint []), consolidation.carry_back(bigint []),
consolidation.lock_traces(bigint []), consolidation.lock_traces_shared(bigint [])
to workflow_maintenance;
grant execute
on procedure consolidation.catch_up(integer, interval),
consolidation.backfill(integer, interval, interval, interval)
to workflow_maintenance;
grant select
on consolidation.progress, consolidation.progress_by_session, consolidation.dropped_table
to workflow_maintenance;
grant select, insert, update on consolidation.chunk to workflow_maintenance;
grant select, insert, delete on consolidation.carried_back to workflow_maintenance;
grant select, insert, delete
on public.workflow_trace, public.workflow_steps, public.workflow_events,
public.workflow_trace_screenshot, public.workflow_trace_context,
public.workflow_trace_endpoint
to workflow_maintenance;
grant select on consolidation.workflow_trace, consolidation.workflow_steps to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('move/backfill');

commit;
