-- Deploy workflow_consolidation:backfill to pg
--
-- Why:    carries everything over in batches, each a transaction of its own, from as many sessions
--         as you like; and what was written meanwhile, in the same way.
-- Locks:  rows of the document tables; none that an application waits for.
-- Revert: drops procedures and progress.

select consolidation.is_deployed('backfill') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.chunk (
    chunk_id bigint generated always as identity,
    first_trace_id bigint not null,
    last_trace_id bigint not null,
    traces integer not null,
    started_at timestamptz,
    finished_at timestamptz,
    constraint chunk_pkey primary key (chunk_id)
);
comment on table consolidation.chunk is
'The ranges of the backfill, cut when it starts; later executions come through the queue';
comment on column consolidation.chunk.chunk_id is 'Order of the ranges';
comment on column consolidation.chunk.first_trace_id is 'First execution of the range';
comment on column consolidation.chunk.last_trace_id is 'Last execution of the range';
comment on column consolidation.chunk.traces is 'Executions in the range when it was cut';
comment on column consolidation.chunk.started_at is 'When the batch that finished it began';
comment on column consolidation.chunk.finished_at is 'When it was carried over; null until then';
create index chunk_open_idx on consolidation.chunk (chunk_id) where finished_at is null;
comment on index consolidation.chunk_open_idx is 'The next range to claim, however many are done';

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

create function consolidation.plan_chunks(batch_size integer)
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
    from (
        select
            w.trace_id,
            (row_number() over (order by w.trace_id) - 1) / batch_size as part
        from workflow_trace as w
    ) as t
    group by t.part
    order by t.part;
end;
$$;
comment on function consolidation.plan_chunks(integer) is
'Cuts the executions present into ranges of batch_size, once';

create function consolidation.carry_chunk()
returns integer
language plpgsql
set search_path = legacy, public, pg_temp
as $$
declare
    claimed consolidation.chunk;
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.finished_at is null
    order by c.chunk_id
    limit 1
    for update skip locked;
    if claimed.chunk_id is null then
        return null;
    end if;
    perform consolidation.consolidate(
        array(
            select t.trace_id
            from workflow_trace as t
            where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
        )
    );
    update consolidation.chunk as c
    set started_at = began, finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return claimed.traces;
end;
$$;
comment on function consolidation.carry_chunk() is
'Carries over one range that no other session is at; returns its executions, null if none is left';

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

create procedure consolidation.catch_up(
    batch_size integer default 1000, patience interval default null
)
language plpgsql
as $$
declare
    began constant timestamptz := clock_timestamp();
    last_change bigint;
    taken integer;
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
        commit;
        total := total + taken;
        exit when taken = 0 or clock_timestamp() > began + patience
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
over, or when patience is over (default: never). Raises 22023 for a batch_size out of range. Call it
outside a transaction';

create procedure consolidation.backfill(batch_size integer default 1000)
language plpgsql
as $$
declare
    carried integer;
    done bigint := 0;
    rate numeric;
    state record;
    began constant timestamptz := clock_timestamp();
    reported timestamptz := clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks(batch_size);
    commit;
    loop
        carried := consolidation.carry_chunk();
        commit;
        exit when carried is null;
        done := done + carried;
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            select p.* into state from consolidation.progress as p;
            raise notice 'backfill: % of % executions (% %%), % a second, % left, queue %',
                state.runs_done, state.runs_total, state.percent, state.runs_per_second,
                state.time_left, state.queue_depth;
        end if;
    end loop;
    call consolidation.catch_up(batch_size);
    rate := round(done / greatest(extract(epoch from clock_timestamp() - began), 0.001));
    raise notice 'backfill: this session carried over % executions, % a second', done, rate;
end;
$$;
comment on procedure consolidation.backfill(integer) is
'Carries all executions over, batch_size a transaction (default 1000; the ranges are cut once, by
the first call). Can be killed and repeated: what was committed stays done. Run it from several
sessions to use several cores. Raises 22023 for a batch_size out of range, 23502 for a row that
cannot be carried. Call it outside a transaction';

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
    (select count(*) from consolidation.change) as queue_depth
from (
    select
        coalesce(sum(k.traces), 0) as runs_total,
        coalesce(sum(k.traces) filter (where k.finished_at is not null), 0) as runs_done
    from consolidation.chunk as k
) as c
cross join (
    select
        round(
            sum(k.traces)
            / greatest(extract(epoch from max(k.finished_at) - min(k.started_at)), 0.001)
        ) as runs_per_second
    from (
        select *
        from consolidation.chunk
        where finished_at is not null
        order by finished_at desc
        limit 50
    ) as k
) as r;
comment on view consolidation.progress is
'One row for \watch: phase, executions of the backfill in all and done, rate over the last 50
ranges, time left at that rate, and changes waiting in the queue';
comment on column consolidation.progress.phase is 'expand, cut over or contract';
comment on column consolidation.progress.runs_total is 'Executions present when the backfill began';
comment on column consolidation.progress.runs_done is 'Of these, carried over and committed';
comment on column consolidation.progress.percent is 'runs_done in percent of runs_total';
comment on column consolidation.progress.runs_per_second is 'Rate of the last 50 ranges';
comment on column consolidation.progress.time_left is 'At that rate; null before the first range';
comment on column consolidation.progress.queue_depth is
'Statements whose executions wait to be carried over, or back after the cut-over';

revoke all on function consolidation.enter_batch() from public;
revoke all on function consolidation.plan_chunks(integer) from public;
revoke all on function consolidation.carry_chunk() from public;
revoke all on function consolidation.carry_changes(integer) from public;
revoke all on function consolidation.note_everything() from public;
revoke all on procedure consolidation.catch_up(integer, interval) from public;
revoke all on procedure consolidation.backfill(integer) from public;

-- Members of workflow_maintenance carry over, back, compare and watch; only the swap of the names
-- takes the owner of the tables.
grant execute
on function consolidation.enter_batch(), consolidation.plan_chunks(integer),
consolidation.carry_chunk(), consolidation.carry_changes(integer),
consolidation.note_everything(), consolidation.consolidate(bigint []),
consolidation.carry_back(bigint []), consolidation.lock_traces(bigint [])
to workflow_maintenance;
grant execute
on procedure consolidation.catch_up(integer, interval), consolidation.backfill(integer)
to workflow_maintenance;
grant select on consolidation.progress, consolidation.dropped_table to workflow_maintenance;
grant select, insert, update on consolidation.chunk to workflow_maintenance;
grant select, insert, delete on consolidation.carried_back to workflow_maintenance;
grant select, insert, delete
on public.workflow_trace, public.workflow_steps, public.workflow_events,
public.workflow_trace_screenshot, public.workflow_trace_context,
public.workflow_trace_endpoint
to workflow_maintenance;
grant select on consolidation.workflow_trace, consolidation.workflow_steps to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('backfill');

commit;
