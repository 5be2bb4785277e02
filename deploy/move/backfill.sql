-- Deploy workflow_consolidation:move/backfill to pg
--
-- Why:    the backfill carries all runs over in batches, from as many sessions as you like.
-- Locks:  rows of the document tables; none that an application waits for.
-- Revert: drops function and procedure.

select consolidation.is_deployed('move/backfill') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.carry_chunk(claimed_id bigint)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
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
    -- The lock lasts until the end of the batch: another session may take an unlocked range for one
    -- that was left.
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
        from consolidation.old_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    perform consolidation.lock_traces_shared(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
    update consolidation.chunk as c
    set
        traces = cardinality(trace_ids),
        steps = (
            select count(*)
            from consolidation.old_step as s
            where s.trace_id between c.first_trace_id and c.last_trace_id
        ),
        events = (
            select count(*)
            from consolidation.old_event as e
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
'Carries over a range that claim_chunk returned. Returns the number of its runs, 0 if another
session has it, null after the cut-over';

create type consolidation.batch_state as (
    size integer,
    done bigint,
    ended_at timestamptz,
    reported_at timestamptz,
    is_over boolean,
    must_catch_up boolean
);
comment on type consolidation.batch_state is
'Where a session is in its task: runs of its next batch, runs done, the time of its last batch and
of its last report, whether the task is over, and whether the queue has to be emptied now';

create function consolidation.run_batch(
    task text, claimed_id bigint, batch_time interval, inout state consolidation.batch_state
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    began constant timestamptz := clock_timestamp();
    handled bigint;
begin
    handled := case task
        when 'backfill' then consolidation.carry_chunk(claimed_id)
        when 'proof' then consolidation.prove_chunk(claimed_id)
    end;
    state.ended_at := clock_timestamp();
    state.is_over := handled is null;
    state.done := state.done + coalesce(handled, 0);
    state.size := consolidation.next_size(state.size, handled, state.ended_at - began, batch_time);
    state.must_catch_up := false;
    if state.ended_at > state.reported_at + interval '5 seconds' then
        state.reported_at := state.ended_at;
        raise notice '%', consolidation.progress_line(task);
        -- The queue must not grow while the proof runs.
        state.must_catch_up := task = 'proof';
    end if;
end;
$$;
comment on function consolidation.run_batch(text, bigint, interval, consolidation.batch_state) is
'Works through one batch of a task, backfill or proof: the range that claim_chunk() returned.
Reports every 5 seconds. Returns the state with which the session goes on';

create procedure consolidation.run_batches(
    task text,
    batch_size integer,
    batch_time interval,
    pause interval,
    max_lag interval,
    inout done bigint
)
language plpgsql
as $$
declare
    state consolidation.batch_state := (
        batch_size, done, null::pg_catalog.timestamptz, pg_catalog.clock_timestamp(), false, false
    );
    claimed bigint;
    stopped boolean;
begin
    loop
        call consolidation.rest(state.ended_at, pause, max_lag, stopped);
        exit when stopped;
        claimed := consolidation.claim_chunk(task, state.size);
        commit;
        exit when claimed is null;
        state := consolidation.run_batch(task, claimed, batch_time, state);
        commit;
        exit when state.is_over;
        if state.must_catch_up then
            call consolidation.catch_up(patience => '2 seconds');
        end if;
    end loop;
    done := state.done;
end;
$$;
comment on procedure consolidation.run_batches(text, integer, interval, interval, interval, bigint)
is
'Works through the ranges of a task, backfill or proof, a batch a transaction; parameters as of
backfill(). done: the runs of this session are added to it. Returns when all is done, when
stop_backfill() asks it to, and at the cut-over';

create procedure consolidation.backfill(
    batch_size integer default 100,
    batch_time interval default '500 ms',
    pause interval default '0',
    max_lag interval default null
)
language plpgsql
as $$
declare
    done bigint := 0;
    stopped boolean;
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks('backfill');
    commit;
    call consolidation.run_batches('backfill', batch_size, batch_time, pause, max_lag, done);
    stopped := consolidation.is_asked_to_stop();
    commit;
    if not stopped then
        call consolidation.catch_up();
    end if;
    raise notice '%', consolidation.done_line('backfill', done, began);
end;
$$;
comment on procedure consolidation.backfill(integer, interval, interval, interval) is
'Carries all runs over, a batch a transaction. batch_size: runs of the first batch. batch_time: how
long a batch should take. Each following batch gets as many runs as fit, at most twice as many as
the one before and at most 500; null for batch_size always. pause: rest of this session between two
batches. max_lag: waits while a standby is farther behind in replaying; null for no wait. Can be
killed and repeated: what was committed stays done. Run it from several sessions to use several
cores; each returns when all is done, or when stop_backfill asks it to. Raises 22023 for a
parameter out of range, 42501 for max_lag without pg_read_all_stats, 23502 for a row that cannot be
carried. Call it outside a transaction';

call consolidation.note_deployed('move/backfill');

commit;
