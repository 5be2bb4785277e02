-- Deploy workflow_consolidation:move/backfill to pg
--
-- Why:    carries everything over in batches, from as many sessions as you like.
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
    -- Until the end of the batch: a session that finds it unlocked may take it to be left.
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
'Carries over a range that claim_chunk returned; returns its executions, 0 if another session has
it, null after the cut-over';

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
    state record;
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    batch_began pg_catalog.timestamptz;
    batch_ended pg_catalog.timestamptz;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks('backfill');
    commit;
    loop
        call consolidation.rest(batch_ended, pause, max_lag, stopped);
        if stopped then
            raise notice 'backfill: ends as asked; this session carried over % executions', done;
            return;
        end if;
        claimed := consolidation.claim_chunk('backfill', size);
        commit;
        exit when claimed is null;
        batch_began := pg_catalog.clock_timestamp();
        carried := consolidation.carry_chunk(claimed);
        commit;
        batch_ended := pg_catalog.clock_timestamp();
        exit when carried is null;
        done := done operator(pg_catalog.+) carried;
        size := consolidation.next_size(
            size, carried, batch_ended operator(pg_catalog.-) batch_began, batch_time
        );
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            select p.* into state from consolidation.progress as p;
            raise notice 'backfill: % of % executions (% %%), % a second, % left, queue %',
                state.runs_done, state.runs_total, state.percent, state.runs_per_second,
                state.time_left, state.queue_depth;
        end if;
    end loop;
    call consolidation.catch_up(greatest(size, 1000));
    raise notice 'backfill: this session carried over % executions, % a second',
        done, consolidation.runs_per_second(done, began);
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

revoke all on function consolidation.carry_chunk(bigint) from public;
revoke all on procedure consolidation.backfill(integer, interval, interval, interval) from public;
grant execute
on function
consolidation.carry_chunk(bigint)
to workflow_maintenance;
grant execute
on procedure
consolidation.backfill(integer, interval, interval, interval)
to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('move/backfill');

commit;
