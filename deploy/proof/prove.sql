-- Deploy workflow_consolidation:proof/prove to pg
--
-- Why:    the whole proof, in ranges that hold a snapshot for a moment only, from as many sessions
--         as you like.
-- Locks:  none.
-- Revert: drops procedure and functions.

select consolidation.is_deployed('proof/prove') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create procedure consolidation.prove(
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
    compared bigint;
    stopped boolean;
    state record;
    batch_began pg_catalog.timestamptz;
    batch_ended pg_catalog.timestamptz;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.begin_proof();
    commit;
    loop
        call consolidation.rest(batch_ended, pause, max_lag, stopped);
        exit when stopped;
        claimed := consolidation.claim_chunk('proof', size);
        commit;
        exit when claimed is null;
        batch_began := pg_catalog.clock_timestamp();
        compared := consolidation.prove_chunk(claimed);
        commit;
        batch_ended := pg_catalog.clock_timestamp();
        size := consolidation.next_size(
            size, compared, batch_ended operator(pg_catalog.-) batch_began, batch_time
        );
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            select p.* into state from consolidation.progress as p;
            raise notice 'proof: % of % executions, % a second, % left, % differ',
                state.runs_proved, state.runs_to_prove, state.proved_per_second,
                state.proof_time_left, state.unequal_runs;
            -- The queue must not grow meanwhile.
            call consolidation.catch_up(greatest(size, 1000), '2 seconds');
        end if;
    end loop;
end;
$$;
comment on procedure consolidation.prove(integer, interval, interval, interval) is
'Compares old tables and documents in ranges, each with a snapshot of a moment and a commit. Results
are recorded: killed, it goes on where it was; what is written later is compared again when it comes
through the queue. Run it from several sessions to use several cores. Parameters as of backfill.
Ends when all is compared, also if something differs: consolidation.unequal_trace lists that, and
the cut-over refuses. Raises 55000 while the backfill is not done. Call it outside a transaction';

create function consolidation.refuse_unequal()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    unequal bigint [];
    example record;
begin
    -- What was repaired meanwhile is no reason to refuse.
    perform consolidation.record_comparison(
        -9223372036854775808, 9223372036854775807,
        array(select u.trace_id from consolidation.unequal_trace as u order by 1 limit 100)
    );
    unequal := array(select u.trace_id from consolidation.unequal_trace as u order by 1);
    if cardinality(unequal) = 0 then
        return;
    end if;
    select d.*
    into example
    from consolidation.differences(trace_ids => unequal[: 1]) as d
    limit 1;
    raise exception using
        errcode = 'data_corrupted',
        message = format(
            'old tables and documents differ in %s executions, for example %s %s in %s',
            cardinality(unequal), example.table_name, example.key, example.columns
        ),
        detail = format(
            'old: %s new: %s',
            coalesce(example.old_row::text, 'no row'), coalesce(example.new_row::text, 'no row')
        ),
        hint = 'Nothing was changed. select * from consolidation.differences(); shows all.';
end;
$$;
comment on function consolidation.refuse_unequal() is
'Raises XX001 with an example if the proof found executions that differ and still do';

create function consolidation.is_proved()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.proof as p
        where
            p.capture_state = consolidation.capture_state()
            -- None of them rests: each fires always.
            and p.capture_state !~ '/[^A]/'
    )
    and not exists (select from consolidation.unequal_trace)
    and not exists (
        select from consolidation.chunk as c where c.task = 'proof' and c.finished_at is null
    );
end;
$$;
comment on function consolidation.is_proved() is
'Whether every execution was compared and found equal, and everything written since was noticed';

create function consolidation.keep_proof()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update consolidation.proof as p set capture_state = consolidation.capture_state();
end;
$$;
comment on function consolidation.keep_proof() is
'The proof holds although the capture triggers are others: called by a swap, under its locks';

revoke all on function consolidation.refuse_unequal() from public;
revoke all on function consolidation.is_proved() from public;
revoke all on function consolidation.keep_proof() from public;
revoke all on procedure consolidation.prove(integer, interval, interval, interval) from public;
grant execute
on function
consolidation.refuse_unequal(),
consolidation.is_proved(),
consolidation.keep_proof()
to workflow_maintenance;
grant execute
on procedure
consolidation.prove(integer, interval, interval, interval)
to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('proof/prove');

commit;
