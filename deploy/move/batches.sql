-- Deploy workflow_consolidation:move/batches to pg
--
-- Why:    long work runs in batches, each a transaction of its own, from as many sessions as you
--         like. A table records what is done, so that killed work goes on where it was.
-- Locks:  none.
-- Revert: drops functions and table.

select consolidation.is_deployed('move/batches') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.chunk (
    chunk_id bigint generated always as identity,
    task text not null,
    first_trace_id bigint not null,
    last_trace_id bigint not null,
    traces bigint not null,
    steps bigint,
    events bigint,
    pid integer,
    started_at timestamptz,
    finished_at timestamptz,
    constraint chunk_pkey primary key (chunk_id),
    constraint chunk_task_check check (task in ('backfill', 'proof'))
);
comment on table consolidation.chunk is
'The work of the backfill and of the proof: one range of runs a batch, and one range that no session
has begun. Runs that were added after the start come through the queue';
comment on column consolidation.chunk.chunk_id is
'Key; the first range of a task is the one not begun, until its last batch';
comment on column consolidation.chunk.task is 'backfill or proof';
comment on column consolidation.chunk.first_trace_id is 'First run of the range';
comment on column consolidation.chunk.last_trace_id is 'Last run of the range';
comment on column consolidation.chunk.traces is
'Runs in the range: counted when the task began, then by its batch';
comment on column consolidation.chunk.steps is 'Steps of these, counted by a batch of the backfill';
comment on column consolidation.chunk.events is
'Events of these, counted by a batch of the backfill';
comment on column consolidation.chunk.pid is 'Process id of the session whose batch it is';
comment on column consolidation.chunk.started_at is 'When the batch began; null until then';
comment on column consolidation.chunk.finished_at is
'When the batch was done; null until then, also if its session was ended: another one takes the
range';
create index chunk_open_idx on consolidation.chunk (task, chunk_id) where finished_at is null;
comment on index consolidation.chunk_open_idx is 'Ranges left to do, however many are done';

create function consolidation.enter_batch()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- All batches share this lock, and keep_batches_out() refuses it to them. A session that swaps
    -- the names therefore never waits for a batch while it holds the tables.
    lock table consolidation.run_lock in row share mode;
end;
$$;
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

create function consolidation.plan_chunks(wanted_task text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.see_everything();
    lock table consolidation.chunk in share row exclusive mode;
    if exists (select from consolidation.chunk as c where c.task = wanted_task) then
        return;
    end if;
    -- The proof also looks for documents of runs that are in no old table.
    insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces)
    select
        wanted_task,
        case wanted_task when 'proof' then -9223372036854775808 else min(t.trace_id) end,
        case wanted_task when 'proof' then 9223372036854775807 else max(t.trace_id) end,
        count(*)
    from consolidation.old_trace as t
    having count(*) > 0 or wanted_task = 'proof';
end;
$$;
comment on function consolidation.plan_chunks(text) is
'Notes the runs present as one range to carry over or to prove, once';

create function consolidation.next_batch(rest consolidation.chunk, batch_size integer)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    claimed bigint;
    batch record;
begin
    select
        max(t.trace_id) as last_trace_id,
        count(*) as traces
    into batch
    from (
        select o.trace_id
        from consolidation.old_trace as o
        where o.trace_id between rest.first_trace_id and rest.last_trace_id
        order by o.trace_id
        limit batch_size
    ) as t;
    if batch.traces < batch_size or batch.last_trace_id = rest.last_trace_id then
        update consolidation.chunk as c
        set traces = batch.traces, pid = pg_backend_pid(), started_at = clock_timestamp()
        where c.chunk_id = rest.chunk_id;
        return rest.chunk_id;
    end if;
    -- Runs deleted meanwhile need no work. New runs must not make the number negative.
    update consolidation.chunk as c
    set
        first_trace_id = batch.last_trace_id + 1,
        traces = greatest(c.traces - batch.traces, 0)
    where c.chunk_id = rest.chunk_id;
    insert into consolidation.chunk (
        task, first_trace_id, last_trace_id, traces, pid, started_at
    )
    values (
        rest.task, rest.first_trace_id, batch.last_trace_id, batch.traces, pg_backend_pid(),
        clock_timestamp()
    )
    returning chunk_id into claimed;
    return claimed;
end;
$$;
comment on function consolidation.next_batch(consolidation.chunk, integer) is
'Cuts the next batch_size runs off the range not begun, which the caller has locked. Returns the
chunk_id of the batch';

create function consolidation.claim_chunk(wanted_task text, batch_size integer)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    claimed bigint;
    rest consolidation.chunk;
begin
    perform consolidation.see_everything();
    if
        consolidation.phase() = 'contract'
        or (wanted_task = 'backfill' and consolidation.phase() <> 'expand')
    then
        return null;
    end if;
    loop
        -- Waits some milliseconds while another session takes its batch from this range.
        select c.*
        into rest
        from consolidation.chunk as c
        where c.task = wanted_task and c.started_at is null and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
        if found then
            return consolidation.next_batch(rest, batch_size);
        end if;
        -- A batch that a session left when it was ended.
        select c.chunk_id
        into claimed
        from consolidation.chunk as c
        where c.task = wanted_task and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update skip locked;
        if found then
            return claimed;
        end if;
        exit when not exists (
            select from consolidation.chunk as c
            where c.task = wanted_task and c.finished_at is null
        );
        -- Other sessions have all that is left: wait until one of them is done.
        perform
        from consolidation.chunk as c
        where c.task = wanted_task and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
    end loop;
    return null;
end;
$$;
comment on function consolidation.claim_chunk(text, integer) is
'Takes the next batch_size runs of a task, or a batch that an ended session left. Returns the
chunk_id to work on in the next transaction. Waits while other sessions have all that is left;
returns null once everything is done';

call consolidation.note_deployed('move/batches');

commit;
