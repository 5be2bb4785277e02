-- Deploy workflow_consolidation:move/carry_back to pg
--
-- Why:    documents to old rows, for given executions, after the cut-over. All of a batch at once;
--         if the old tables refuse anything, ids that two elements claim are settled first, and a
--         row that is refused even then is set aside while everything else goes on.
-- Locks:  a call takes rows of run_lock for the executions, and rows of the old tables.
-- Revert: drops the functions.

select consolidation.is_deployed('move/carry_back') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.put_in_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    t consolidation.back_trace;
    s consolidation.back_step;
    e consolidation.back_event;
    p consolidation.back_screenshot;
    c consolidation.back_context;
    n consolidation.back_endpoint;
begin
    delete from consolidation.old_trace as o where o.trace_id = refused;
    for t in select b.* from consolidation.back_trace as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_trace overriding system value select (t).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace', refused, to_jsonb(t), sqlstate, sqlerrm
            );
            -- Nothing can stand below it; all of it is in its documents.
            return;
        end;
    end loop;
    for s in select b.* from consolidation.back_step as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_step overriding system value select (s).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_steps', refused, to_jsonb(s), sqlstate, sqlerrm
            );
        end;
    end loop;
    for e in select b.* from consolidation.back_event as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_event overriding system value select (e).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_events', refused, to_jsonb(e), sqlstate, sqlerrm
            );
        end;
    end loop;
    for p in select b.* from consolidation.back_screenshot as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_screenshot overriding system value select (p).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_screenshot', refused, to_jsonb(p), sqlstate, sqlerrm
            );
        end;
    end loop;
    for c in select b.* from consolidation.back_context as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_context overriding system value select (c).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_context', refused, to_jsonb(c), sqlstate, sqlerrm
            );
        end;
    end loop;
    for n in select b.* from consolidation.back_endpoint as b where b.trace_id = refused loop
        begin
            insert into consolidation.old_endpoint overriding system value select (n).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_endpoint', refused, to_jsonb(n), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_singly(bigint) is
'Inserts the old rows of an execution one by one; those that are refused go to set_aside';

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
        -- Undone; the executions that caused it are looked for.
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
'Carries these executions back; a row that an old table refuses holds up no other execution';

create function consolidation.carry_back(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set jit = off
-- As for rebuild_documents: no plan that depends on statistics.
set enable_seqscan = off
set enable_nestloop = off
set work_mem = '32MB'
as $$
declare
    -- In order: of two rows that exclude each other it is always the later one that is refused.
    wanted constant bigint [] := array(
        select distinct t.id from unnest(trace_ids) as t (id) order by t.id
    );
    refused constant bigint [] := array(
        select distinct a.trace_id from consolidation.set_aside as a
        where a.trace_id = any (wanted)
        order by a.trace_id
    );
    others constant bigint [] := array(
        select w.id from unnest(wanted) as w (id) where w.id <> all (refused) order by w.id
    );
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();
    perform consolidation.lock_traces(wanted);
    -- Not with a "set" clause, which takes a superuser to define.
    perform set_config('consolidation.is_carrying_back', 'on', true);
    -- A deferred key would be refused by the commit, where no row can be set aside.
    set constraints all immediate;
    begin
        perform consolidation.take_out(others);
        perform consolidation.put_in(others);
    exception when data_exception or integrity_constraint_violation then
        perform consolidation.settle_claims(others);
        perform consolidation.carry_back_by_halves(others);
    end;
    -- What was refused before does not hold up the others again.
    if cardinality(refused) > 0 then
        delete from consolidation.set_aside as a where a.trace_id = any (refused);
        perform consolidation.settle_claims(refused);
        perform consolidation.carry_back_by_halves(refused);
    end if;
    perform set_config('consolidation.is_carrying_back', '', true);
    insert into consolidation.carried_back (trace_id)
    select w.id from unnest(wanted) as w (id)
    on conflict do nothing;
end;
$$;
comment on function consolidation.carry_back(bigint []) is
'Writes these executions, as the documents show them, into the old tables: only rows that differ.
An id that two elements claim is settled in the documents; a row that an old table refuses is set
aside. What the old tables have no place for stays in the documents. Raises 25000 in a transaction
that is not read committed';

call consolidation.note_deployed('move/carry_back');

commit;
