-- Deploy workflow_consolidation:proof/record to pg
--
-- Why:    a proof is recorded range by range. A killed proof goes on where it was, and nothing is
--         compared again that nobody wrote to.
-- Locks:  none.
-- Revert: drops functions and tables.

select consolidation.is_deployed('proof/record') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.proof (
    capture_state text not null,
    began_at timestamptz not null default now(),
    is_proof boolean not null default true,
    constraint proof_pkey primary key (is_proof),
    constraint proof_is_proof_check check (is_proof)
);
comment on table consolidation.proof is
'One row while there is a proof, done or under way; its ranges are in consolidation.chunk';
comment on column consolidation.proof.capture_state is
'The capture triggers it relies on: later writes are proved again through the queue';
comment on column consolidation.proof.began_at is 'When it began';
comment on column consolidation.proof.is_proof is 'Always true: there is one';

create table consolidation.unequal_trace (
    trace_id bigint not null,
    found_at timestamptz not null default now(),
    constraint unequal_trace_pkey primary key (trace_id)
);
comment on table consolidation.unequal_trace is
'Runs in which old tables and documents differed when they were last compared; see
consolidation.differences(trace_ids => ...)';
comment on column consolidation.unequal_trace.trace_id is 'The run';
comment on column consolidation.unequal_trace.found_at is 'When the difference was found';

create function consolidation.record_comparison(lo bigint, hi bigint, ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
set work_mem = '32MB'
as $$
declare
    -- One statement has one snapshot. A run that somebody wrote to is in the queue as well, and is
    -- proved once it is carried over.
    unequal constant bigint [] := array(
        select s.trace_id
        from (
            select x.trace_id
            -- Not in unnest(): the planner would call it once more for its estimate.
            from (select consolidation.suspects(lo, hi, ids) as ids offset 0) as f
            cross join unnest(f.ids) as x (trace_id)
            where not exists (
                select from consolidation.change as c where c.trace_id = x.trace_id
            )
            -- Only the remaining runs are compared in words.
            offset 0
        ) as s
        where exists (select from consolidation.differences_of(array[s.trace_id]))
    );
begin
    delete from consolidation.unequal_trace as u
    where
        u.trace_id between lo and hi
        and (ids is null or u.trace_id = any (ids))
        and u.trace_id <> all (unequal);
    insert into consolidation.unequal_trace (trace_id)
    select u.trace_id from unnest(unequal) as u (trace_id)
    on conflict do nothing;
end;
$$;
comment on function consolidation.record_comparison(bigint, bigint, bigint []) is
'Compares the runs from lo to hi, of ids if not null, and notes those that differ';

create function consolidation.prove_again(trace_ids bigint [], suspected bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from consolidation.proof) then
        return;
    end if;
    -- Runs that somebody wrote to since come here again.
    perform consolidation.record_comparison(min(t.id), max(t.id), array_agg(t.id))
    from unnest(suspected) as t (id)
    where not exists (select from consolidation.change as c where c.trace_id = t.id)
    having count(*) > 0;
    delete from consolidation.unequal_trace as u
    where u.trace_id = any (trace_ids) and u.trace_id <> all (suspected);
end;
$$;
comment on function consolidation.prove_again(bigint [], bigint []) is
'Notes, if there is a proof, that runs are equal. suspected: those that are to be compared first,
since they were just carried over or back. The others were compared when the queue was emptied';

create function consolidation.forget_proof()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from consolidation.chunk as c where c.task = 'proof';
    delete from consolidation.unequal_trace;
    delete from consolidation.proof;
end;
$$;
comment on function consolidation.forget_proof() is 'Makes the next proof begin anew';

create function consolidation.begin_proof()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    if exists (
        select from consolidation.chunk as c where c.task = 'backfill' and c.finished_at is null
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the backfill is not done',
            hint = 'call consolidation.backfill(); select * from consolidation.progress;';
    end if;
    -- Batches under way do not know of the proof yet, and would not prove the runs that they carry.
    perform consolidation.keep_batches_out('5 minutes');
    if exists (
        select from consolidation.proof as p
        where p.capture_state is distinct from consolidation.capture_state()
    ) then
        raise notice 'capture was interrupted: the proof begins anew';
        perform consolidation.forget_proof();
    end if;
    insert into consolidation.proof (capture_state)
    values (consolidation.capture_state())
    on conflict do nothing;
    perform consolidation.plan_chunks('proof');
end;
$$;
comment on function consolidation.begin_proof() is
'Begins a proof, or goes on with one that holds. Raises 55000 while the backfill is not done or
after the old tables were dropped, 55P03 where a batch of another session lasts longer than 5
minutes';

create function consolidation.prove_chunk(claimed_id bigint)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    claimed consolidation.chunk;
    compared bigint;
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.chunk_id = claimed_id and c.finished_at is null
    for update skip locked;
    if not found then
        return 0;
    end if;
    perform consolidation.record_comparison(claimed.first_trace_id, claimed.last_trace_id, null);
    compared := (
        select count(*)
        from consolidation.old_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    update consolidation.chunk as c
    set
        traces = compared,
        pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return compared;
end;
$$;
comment on function consolidation.prove_chunk(bigint) is
'Compares a range that claim_chunk returned and records the result. Returns the number of its runs,
0 if another session has it';

call consolidation.note_deployed('proof/record');

commit;
