-- Deploy workflow_consolidation:move/queue to pg
--
-- Why:    from here on every write to an old table notes the execution it touched, so that the
--         backfill can run beside the applications. After the cut-over the same queue notes
--         what is written to the documents, for the way back.
--         Statement triggers with transition tables: one insert a statement, whatever it touches.
-- Locks:  share row exclusive on the six old tables, for some milliseconds, in attempts of 40 ms.
-- Revert: drops triggers and queue.

select consolidation.is_deployed('move/queue') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.change (
    change_id bigint generated always as identity,
    trace_id bigint,
    constraint change_pkey primary key (change_id)
);
comment on table consolidation.change is
'Queue: executions written to since they were last carried over. Insert-only for applications';
comment on column consolidation.change.change_id is 'Order of arrival';
comment on column consolidation.change.trace_id is
'Execution to carry over; null after a truncate: all of them';

create function consolidation.capture_old()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.trace_id from new_row as n
            union
            select o.trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;
comment on function consolidation.capture_old() is
'Trigger on the old tables: notes the executions a statement touched in consolidation.change';

create function consolidation.capture_new()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.legacy_trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.legacy_trace_id from new_row as n
            union
            select o.legacy_trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.legacy_trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;
comment on function consolidation.capture_new() is
'Trigger on the document tables: notes the executions a statement touched in consolidation.change';

create function consolidation.start_capture(captured regclass, capture_function regproc)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create trigger capture_insert after insert on %s
        referencing new table as new_row for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_update after update on %s
        referencing old table as old_row new table as new_row
        for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_delete after delete on %s
        referencing old table as old_row for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_truncate after truncate on %s
        for each statement execute function %s()',
        captured, capture_function
    );
end;
$$;
comment on function consolidation.start_capture(regclass, regproc) is
'Creates the four capture triggers on a table, with capture_old or capture_new';

create function consolidation.stop_capture(captured regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('drop trigger capture_insert on %s', captured);
    execute format('drop trigger capture_update on %s', captured);
    execute format('drop trigger capture_delete on %s', captured);
    execute format('drop trigger capture_truncate on %s', captured);
end;
$$;
comment on function consolidation.stop_capture(regclass) is
'Drops the four capture triggers of a table';

-- The functions run as workflow_maintenance: old code needs no new grant, and no trigger runs with
-- more rights than the queue needs. Giving a function away takes create on its schema.
grant create on schema consolidation to workflow_maintenance;
alter function consolidation.capture_old() owner to workflow_maintenance;
alter function consolidation.capture_new() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;
-- Whoever empties it locks what he takes, for which update is asked.
grant select, insert, update, delete on consolidation.change to workflow_maintenance;

revoke all on function consolidation.capture_old() from public;
revoke all on function consolidation.capture_new() from public;
revoke all on function consolidation.start_capture(regclass, regproc) from public;
revoke all on function consolidation.stop_capture(regclass) from public;

do $$
declare
    old_tables constant regclass [] := array[
        'public.workflow_trace', 'public.workflow_steps', 'public.workflow_events',
        'public.workflow_trace_screenshot', 'public.workflow_trace_context',
        'public.workflow_trace_endpoint'
    ]::regclass [];
    old_table regclass;
begin
    perform consolidation.take_locks(old_tables, 'share row exclusive');
    foreach old_table in array old_tables loop
        perform consolidation.start_capture(old_table, 'consolidation.capture_old');
    end loop;
end
$$;

insert into consolidation.deployed_change (change) values ('move/queue');

commit;
