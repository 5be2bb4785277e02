-- Deploy workflow_consolidation:move/carry_back to pg
--
-- Why:    after the cut-over these functions write the documents of given runs into the old rows,
--         all runs of a batch at once. If the old tables refuse anything, ids that two elements
--         claim are settled first. A row that is refused even then is set aside, while everything
--         else goes on.
-- Locks:  a call locks rows of run_lock for the runs, and rows of the old tables.
-- Revert: drops the functions.

select consolidation.is_deployed('move/carry_back') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.put_in_steps_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    s consolidation.back_step;
begin
    -- Negative numbers first, so that steps can exchange their numbers.
    begin
        update consolidation.old_step as o
        set step_number = -b.place
        from (
            select
                x.step_id,
                x.step_number,
                row_number() over (order by x.step_id) as place
            from consolidation.back_step as x
            where x.trace_id = refused
        ) as b
        where o.step_id = b.step_id and o.step_number <> b.step_number;
        perform consolidation.put_in_steps(array[refused]);
        return;
    exception when data_exception or integrity_constraint_violation then
        null;
    end;
    for s in select b.* from consolidation.back_step as b where b.trace_id = refused loop
        begin
            update consolidation.old_step as o
            set
                (
                    step_number, status, input_data, output_data, error_message, start_time,
                    end_time, duration_ms, retry_count, metadata, node_id
                ) = row(
                    s.step_number, s.status, s.input_data, s.output_data, s.error_message,
                    s.start_time, s.end_time, s.duration_ms, s.retry_count, s.metadata, s.node_id
                )
            where o.trace_id = refused and o.step_id = s.step_id;
            if not found then
                insert into consolidation.old_step overriding system value select (s).*;
            end if;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_steps', refused, to_jsonb(s), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_steps_singly(bigint) is
'As put_in_events_singly, for steps';

create function consolidation.put_in_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.take_out(array[refused]);
    begin
        perform consolidation.put_in_traces(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.set_aside('workflow_trace', refused, to_jsonb(b), sqlstate, sqlerrm)
        from consolidation.back_trace as b
        where b.trace_id = refused;
    end;
    -- Nothing can stand below a run that was refused; all of it stays in its documents.
    if not exists (select from consolidation.old_trace as o where o.trace_id = refused) then
        return;
    end if;
    begin
        perform consolidation.put_in_steps(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_steps_singly(refused);
    end;
    begin
        perform consolidation.put_in_events(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_events_singly(refused);
    end;
    begin
        perform consolidation.put_in_screenshots(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_screenshots_singly(refused);
    end;
    begin
        perform consolidation.put_in_contexts(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_contexts_singly(refused);
    end;
    begin
        perform consolidation.put_in_endpoints(array[refused]);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.put_in_endpoints_singly(refused);
    end;
end;
$$;
comment on function consolidation.put_in_singly(bigint) is
'Puts in the rows of a run, one by one where a table refuses any. A row that is refused goes
to set_aside, and its former version stays where it was';

create function consolidation.carry_back_by_halves(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    half constant integer := cardinality(trace_ids) / 2;
begin
    begin
        perform consolidation.take_out(trace_ids);
        perform consolidation.put_in(trace_ids);
        return;
    exception when data_exception or integrity_constraint_violation then
        -- The batch is undone, and its halves are tried to find the runs that caused this.
        null;
    end;
    if half = 0 then
        perform consolidation.put_in_singly(trace_ids[1]);
    else
        perform consolidation.carry_back_by_halves(trace_ids[: half]);
        perform consolidation.carry_back_by_halves(trace_ids[half + 1 :]);
    end if;
end;
$$;
comment on function consolidation.carry_back_by_halves(bigint []) is
'Carries these runs back; a row that an old table refuses holds up no other run';

create function consolidation.carry_back(trace_ids bigint [])
returns bigint []
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
-- As for rebuild_documents, the plan must not depend on statistics. A merge by trace_id alone is
-- quadratic in the events of a run.
set enable_seqscan = off
set enable_nestloop = off
set enable_mergejoin = off
set work_mem = '32MB'
-- What is set aside is the same text for every session.
set timezone = 'UTC'
as $$
declare
    refused constant bigint [] := array(
        select distinct a.trace_id from consolidation.set_aside as a
        where a.trace_id = any (trace_ids) and a.replaced_at is null
        order by a.trace_id
    );
    others constant bigint [] := array(
        select t.id from unnest(trace_ids) as t (id) where t.id <> all (refused)
    );
    lowest constant bigint := (select min(t.id) from unnest(others) as t (id));
    highest constant bigint := (select max(t.id) from unnest(others) as t (id));
    unequal record;
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();
    perform consolidation.lock_traces(trace_ids);
    -- A "set" clause would do the same, but takes a superuser to define.
    perform set_config('consolidation.is_carrying_back', 'on', true);
    -- A deferred key would refuse a row at the commit, where no row can be set aside.
    set constraints all immediate;
    -- The proof says what is to be done.
    unequal := consolidation.unequal_rows(lowest, highest, others);
    begin
        perform consolidation.take_out(unequal.any_table);
        perform consolidation.put_in_traces(unequal.traces);
        perform consolidation.put_in_steps(unequal.steps);
        perform consolidation.put_in_events(unequal.events);
        perform consolidation.put_in_screenshots(unequal.screenshots);
        perform consolidation.put_in_contexts(unequal.contexts);
        perform consolidation.put_in_endpoints(unequal.endpoints);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.settle_claims(unequal.any_table);
        -- In order, so that of two rows that exclude each other the later one is always refused.
        perform consolidation.carry_back_by_halves(unequal.any_table);
    end;
    -- Runs that were refused before come last, and do not hold up the others again.
    if cardinality(refused) > 0 then
        delete from consolidation.set_aside as a
        where a.trace_id = any (refused) and a.replaced_at is null;
        perform consolidation.settle_claims(refused);
        perform consolidation.carry_back_by_halves(refused);
    end if;
    perform set_config('consolidation.is_carrying_back', '', true);
    insert into consolidation.carried_back (trace_id)
    select w.id from unnest(unequal.any_table || refused) as w (id)
    on conflict do nothing;
    return unequal.any_table || refused;
end;
$$;
comment on function consolidation.carry_back(bigint []) is
'Writes these runs, as the documents show them, into the old tables: only rows of those that differ,
which are returned. An id that two elements claim is settled in the documents; a row that an old
table refuses is set aside. Content that the old tables have no place for stays in the documents.
Raises 25000 in a transaction that is not read committed';

call consolidation.note_deployed('move/carry_back');

commit;
