-- Deploy workflow_consolidation:move/catch_up to pg
--
-- Why:    these functions carry over what applications wrote meanwhile, from the queue. As soon as
--         there is a proof, they also prove the runs of a batch again.
-- Locks:  none that an application waits for.
-- Revert: drops functions and procedure.

select consolidation.is_deployed('move/catch_up') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.note_everything()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.see_everything();
    insert into consolidation.change (trace_id)
    select r.legacy_trace_id from public.user_workflow_run as r
    union
    select t.trace_id from consolidation.old_trace as t;
end;
$$;
comment on function consolidation.note_everything() is
'Puts every run into the queue, as after a truncate';

create function consolidation.queued_traces(lowest bigint, how_many integer)
returns bigint []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    found constant bigint [] := array(
        -- Goes from one run to the next, however many entries each has.
        with recursive queued (trace_id) as (
            select min(c.trace_id) from consolidation.change as c where c.trace_id >= lowest
            union all
            select (
                select min(c.trace_id) from consolidation.change as c
                where c.trace_id > q.trace_id
            )
            from queued as q
            where q.trace_id is not null
        )

        select q.trace_id
        from queued as q
        where q.trace_id is not null
        limit how_many
    );
    last_bucket constant integer := consolidation.lock_bucket(found[cardinality(found)]);
begin
    if
        cardinality(found) < how_many
        or consolidation.lock_bucket(found[1]) = last_bucket
    then
        return found;
    end if;
    -- The others under this lock come with the next batch: the session that takes it would
    -- otherwise wait for this one, as if there were only one of them.
    return array(
        select f.trace_id from unnest(found) with ordinality as f (trace_id, place)
        where consolidation.lock_bucket(f.trace_id) <> last_bucket
        order by f.place
    );
end;
$$;
comment on function consolidation.queued_traces(bigint, integer) is
'At most how_many of the next runs in the queue from trace_id "lowest" on, so that the next ones
have another lock (see lock_traces) where that can be had';

create function consolidation.take_queued(trace_ids bigint [])
returns bigint []
language plpgsql
set search_path = pg_catalog, pg_temp
-- The queue is never analyzed when it matters, and long: no plan may read all of it for a batch.
set enable_seqscan = off
as $$
declare
    taken bigint [];
begin
    with entry as (
        delete from consolidation.change as c
        where c.ctid = any (array(
            select x.ctid from consolidation.change as x
            where x.trace_id = any (trace_ids)
            for update skip locked
        ))
        returning c.trace_id
    )

    select coalesce(array_agg(distinct e.trace_id), '{}')
    into taken
    from entry as e;
    return taken;
end;
$$;
comment on function consolidation.take_queued(bigint []) is
'Takes the entries of these runs out of the queue, but for those that another session took already.
Returns the runs';

create function consolidation.carry_changes(
    batch_size integer, inout lowest bigint, out carried integer
)
returns record
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    queued bigint [];
    touched bigint [];
    unequal bigint [];
begin
    perform consolidation.enter_batch();
    queued := consolidation.queued_traces(lowest, batch_size);
    touched := consolidation.take_queued(queued);
    if cardinality(touched) > 0 then
        case consolidation.phase()
            when 'expand' then
                perform consolidation.consolidate(touched);
                unequal := touched;
            when 'cut over' then unequal := consolidation.carry_back(touched);
            else null;
        end case;
        perform consolidation.prove_again(touched, unequal);
    end if;
    carried := cardinality(touched);
    -- The highest id has none after it.
    lowest := nullif(queued[cardinality(queued)], 9223372036854775807) + 1;
end;
$$;
comment on function consolidation.carry_changes(integer, bigint) is
'Takes the next batch_size runs from trace_id "lowest" on out of the queue and carries them
over (after the cut-over: back), once each. Returns how many, and where to go on: null when nothing
is left';

create procedure consolidation.catch_up(
    batch_size integer default 256, patience interval default null
)
language plpgsql
as $$
declare
    began constant pg_catalog.timestamptz := pg_catalog.clock_timestamp();
    lowest bigint := -9223372036854775808;
    batch record;
    stopped boolean;
    total bigint := 0;
    reported pg_catalog.timestamptz := pg_catalog.clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.require_read_committed();
    -- Of several sessions, the one that takes the truncate notes what it stands for.
    delete from consolidation.change as c where c.trace_id is null;
    if found then
        perform consolidation.note_everything();
    end if;
    -- Goes through the queue once: busy writers would otherwise keep this session for ever.
    loop
        select c.* into batch from consolidation.carry_changes(batch_size, lowest) as c;
        stopped := consolidation.is_asked_to_stop();
        commit;
        lowest := batch.lowest;
        total := total operator(pg_catalog.+) batch.carried;
        exit when
            lowest is null or stopped
            or pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (began operator(pg_catalog.+) patience);
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'caught up with % runs', total;
        end if;
    end loop;
end;
$$;
comment on procedure consolidation.catch_up(integer, interval) is
'Carries over what was written since: before the cut-over to the documents, after it to the old
tables, so that a revert finds little left to do. Goes through the queue once, and takes each run
once, however often it was written to. Commits every batch_size runs; can be killed and repeated,
and run from several sessions, which wait for each other where their batches have runs of the same
256 (lock_bucket). Also ends when patience is over (default: never), or when stop_backfill asks it
to. Raises 22023 for a batch_size out of range. Call it outside a transaction';

call consolidation.note_deployed('move/catch_up');

commit;
