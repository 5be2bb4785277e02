-- Deploy workflow_consolidation:move/consolidate to pg
--
-- Why:    consolidate() turns the old rows of given runs into documents. Called again, it gives the
--         same. Backfill, queue and redeploy all go through it. mapping/ says what a document
--         holds.
-- Locks:  a call locks rows of run_lock for the runs, and rows of the document tables.
-- Revert: drops functions and table.

select consolidation.is_deployed('move/consolidate') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.carried_back (
    trace_id bigint not null,
    constraint carried_back_pkey primary key (trace_id)
);
comment on table consolidation.carried_back is
'Runs whose documents were written to after a cut-over and then carried back to the old tables.
Their documents may hold what the old tables cannot, and rebuilding them keeps it';
comment on column consolidation.carried_back.trace_id is 'The run';

create function consolidation.lock_bucket(trace_id bigint)
returns integer
language sql
immutable
parallel safe
begin atomic
    select ((trace_id >> 8) & 255)::integer;
end;
comment on function consolidation.lock_bucket(bigint) is
'The row of run_lock that stands for this run and its neighbours';

create function consolidation.lock_traces(trace_ids bigint [])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The rows are locked in order, so that two sessions cannot wait for each other.
    perform
    from consolidation.run_lock as b
    where
        b.bucket in (
            select consolidation.lock_bucket(t.trace_id) from unnest(trace_ids) as t (trace_id)
        )
    order by b.bucket
    for update of b;
end;
$$;
comment on function consolidation.lock_traces(bigint []) is
'Serialises the sessions that carry these runs over or back, until the end of the transaction. Call
it in a statement of its own: the next one then sees what the session before it committed';

create function consolidation.lock_traces_shared(trace_ids bigint [])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
    from consolidation.run_lock as b
    where
        b.bucket in (
            select consolidation.lock_bucket(t.trace_id) from unnest(trace_ids) as t (trace_id)
        )
    order by b.bucket
    for share of b;
end;
$$;
comment on function consolidation.lock_traces_shared(bigint []) is
'As lock_traces, for batches of the backfill. No two of them have the same run, but a lock also
stands for neighbouring runs: shared, it keeps no batch waiting for another';

create function consolidation.remove_what_is_gone(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    is_any_refused constant boolean := consolidation.is_any_refused(trace_ids);
begin
    -- These runs are carried over for the first time, as most are.
    if not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = any (trace_ids)
    ) and not exists (
        select from public.user_workflow_run_step as s where s.legacy_trace_id = any (trace_ids)
    ) then
        return;
    end if;
    -- Steps whose number changed go as well: two of them may have swapped theirs, which no single
    -- update can follow.
    with gone as (
        delete from public.user_workflow_run_step as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from consolidation.old_step as s
                where
                    s.trace_id = any (trace_ids)
                    and s.step_id = d.legacy_step_id
                    and s.trace_id = d.legacy_trace_id
                    and s.step_number = d.step_number
            )
            and not (
                is_any_refused
                and consolidation.is_only_here(
                    d.legacy_trace_id, d.legacy_step_id, d.step_number
                )
            )
        returning d.*
    )

    -- One that was refused, and whose number an old step has by now, is kept as a whole.
    insert into consolidation.set_aside (
        table_name, trace_id, content, error_code, message, replaced_at
    )
    select
        'user_workflow_run_step', g.legacy_trace_id, to_jsonb(g), a.error_code, a.message, now()
    from gone as g
    inner join consolidation.set_aside as a on a.trace_id = g.legacy_trace_id
    where
        is_any_refused
        and a.table_name = 'workflow_steps'
        and a.replaced_at is null
        and a.content ->> 'step_id' = g.legacy_step_id::text
        and not exists (
            select from consolidation.old_step as s
            where s.trace_id = any (trace_ids) and s.step_id = g.legacy_step_id
        );
    -- One statement deletes a run and its steps. A run deleted since the statement above would
    -- otherwise leave its steps without a run, while there is no foreign key to take them along.
    with gone as (
        delete from public.user_workflow_run as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from consolidation.old_trace as t
                where t.trace_id = any (trace_ids) and t.trace_id = d.legacy_trace_id
            )
            and not (is_any_refused and consolidation.is_only_here(d.legacy_trace_id))
        returning d.legacy_trace_id
    )

    delete from public.user_workflow_run_step as s
    using gone as g
    where s.legacy_trace_id = any (trace_ids) and s.legacy_trace_id = g.legacy_trace_id;
end;
$$;
comment on function consolidation.remove_what_is_gone(bigint []) is
'Deletes those of these runs, and of their steps, that the old tables no longer hold, but not those
that they refused';

create function consolidation.rebuild_documents(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
-- The plan must not depend on statistics. While the documents are filled for the first time there
-- are none, and an analyze that sees them uncommitted notes 0 rows. Reading all of them for every
-- batch, or all elements of a batch for each step, is quadratic. Each table has an index by its
-- runs. A merge by trace_id alone is quadratic in the rows of a run.
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
-- The documents of a batch are sorted and hashed. The default would send them through files.
set work_mem = '32MB'
as $$
declare
    known_run consolidation.known_run [];
    known_step consolidation.known_step [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();

    -- Only documents written to after a cut-over can hold what the old tables cannot.
    known_run := array(
        select
            row(
                r.run_id, r.legacy_trace_id, r.context, r.endpoints_used, r.events, r.screenshots,
                r.legacy
            )::consolidation.known_run
        from consolidation.carried_back as b
        inner join public.user_workflow_run as r
            on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = b.trace_id
        where b.trace_id = any (trace_ids)
    );
    known_step := array(
        select
            row(
                s.step_id, s.legacy_step_id, s.legacy_trace_id, s.events, s.screenshots,
                s.error_details
            )::consolidation.known_step
        from public.user_workflow_run_step as s
        where s.run_id = any (array(select k.run_id from unnest(known_run) as k))
    );
    perform consolidation.remove_what_is_gone(trace_ids);
    perform consolidation.write_runs(trace_ids);
    perform consolidation.write_steps(trace_ids, known_step);
    if cardinality(known_run) > 0 then
        perform consolidation.keep_richer(known_run, known_step);
        perform consolidation.note_replaced(trace_ids);
    end if;
exception
    when not_null_violation then
        raise exception using
            errcode = 'not_null_violation',
            message = 'a run cannot be carried over: ' || sqlerrm,
            detail = format('Among the %s runs from trace_id %s.',
                cardinality(trace_ids), (select min(t.id) from unnest(trace_ids) as t (id))),
            hint = 'select * from consolidation.uncarriable(); lists such rows and their repair.';
end;
$$;
comment on function consolidation.rebuild_documents(bigint []) is
'Does the work of consolidate, for a caller that holds the locks of these runs. Raises the same
errors';

create function consolidation.consolidate(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.lock_traces(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
end;
$$;
comment on function consolidation.consolidate(bigint []) is
'Rebuilds the documents of these runs from the old tables, and removes those that are gone
there. Keeps what only the documents can say. Raises 23502 for a row that cannot be carried, 25000
in a transaction that is not read committed';

call consolidation.note_deployed('move/consolidate');

commit;
