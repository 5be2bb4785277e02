-- Deploy workflow_consolidation:move/queue to pg
--
-- Why:    from here on every write to an old table notes the run it touched, so that the backfill
--         can run alongside the applications. After the cut-over the same queue notes writes to the
--         documents, for a revert. Statement triggers with transition tables do one insert a
--         statement, however many rows it touches.
-- Locks:  share row exclusive on the six old tables, for some milliseconds, in attempts of 40 ms.
-- Revert: drops triggers and queue.

select consolidation.is_deployed('move/queue') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- The table has no serial key: the next value of a sequence would become lastval() of the
-- application's session. It is read by run, however many entries a run has.
create table consolidation.change (
    trace_id bigint
);
comment on table consolidation.change is
'Queue: runs written to since they were last carried over. Insert-only for applications';
comment on column consolidation.change.trace_id is
'Run to carry over; null stands for all of them, after a truncate';
create index change_trace_id_idx on consolidation.change (trace_id);
-- Entries are deleted, and a publication of all tables must know which ones.
alter table consolidation.change replica identity full;

create function consolidation.capture_old()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    -- After the cut-over applications write to the documents, and carry_back() follows them. It
    -- undoes any other write to the old tables, to which only the owner may write.
    if
        tg_table_schema = 'legacy'
        and current_setting('consolidation.is_carrying_back', true) = 'on'
    then
        return null;
    end if;
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
'Trigger on the old tables: notes in consolidation.change the runs that a statement touched. In the
schema legacy it leaves out the writes of carry_back()';

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
'Trigger on the document tables: notes in consolidation.change the runs that a statement touched';

create function consolidation.start_capture(captured regclass, capture_function regproc)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    event record;
begin
    for event in
        select *
        from (
            values
            ('insert', 'referencing new table as new_row'),
            ('update', 'referencing old table as old_row new table as new_row'),
            ('delete', 'referencing old table as old_row'),
            ('truncate', '')
        ) as v (name, transition_tables)
    loop
        if not exists (
            select from pg_trigger as t
            where t.tgrelid = captured and t.tgname = format('capture_%s', event.name)
        ) then
            execute format(
                'create trigger capture_%s after %s on %s %s '
                'for each statement execute function %s()',
                event.name, event.name, captured, event.transition_tables, capture_function
            );
        end if;
        -- Loaders and logical replication write with session_replication_role = replica.
        execute format('alter table %s enable always trigger capture_%s', captured, event.name);
    end loop;
end;
$$;
comment on function consolidation.start_capture(regclass, regproc) is
'Creates those of the four capture triggers that a table lacks, with capture_old or capture_new, and
makes all four fire always';

create function consolidation.stop_capture(captured regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    event text;
begin
    foreach event in array '{insert,update,delete,truncate}'::text [] loop
        execute format('drop trigger capture_%s on %s', event, captured);
    end loop;
end;
$$;
comment on function consolidation.stop_capture(regclass) is
'Drops the four capture triggers of a table';

create function consolidation.capture_state()
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select string_agg(format('%s/%s/%s', t.oid, t.tgenabled, t.xmin), ' ' order by t.oid)
        from pg_trigger as t
        where
            t.tgfoid in (
                'consolidation.capture_old()'::regprocedure,
                'consolidation.capture_new()'::regprocedure
            )
    );
end;
$$;
comment on function consolidation.capture_state() is
'The capture triggers, as text. The text is another one after any of them was disabled, even if it
was enabled again. A proof holds while it is the same';

create view consolidation.missing_capture
with (security_invoker = true) as
select
    c.captured,
    n.trigger_name,
    format(
        'select consolidation.start_capture(%L, %L);', c.captured, c.capture_function
    ) as remedy
from (
    select
        consolidation.old_table(t.name),
        'consolidation.capture_old'::regproc
    from unnest(consolidation.six_tables()) as t (name)
    where consolidation.phase() <> 'contract'
    union all
    select
        to_regclass('public.' || d.name),
        'consolidation.capture_new'
    from unnest(array['user_workflow_run', 'user_workflow_run_step']) as d (name)
    where consolidation.phase() = 'cut over'
) as c (captured, capture_function)
cross join unnest(
    array['capture_insert', 'capture_update', 'capture_delete', 'capture_truncate']
) as n (trigger_name)
where not exists (
    select from pg_catalog.pg_trigger as t
    where
        t.tgrelid = c.captured
        and t.tgname = n.trigger_name
        and t.tgfoid = c.capture_function
        and t.tgenabled = 'A'
);
comment on view consolidation.missing_capture is
'Capture triggers that do not fire, or not always: on the old tables, from the cut-over on also on
the documents. Empty while every write is noticed';
comment on column consolidation.missing_capture.captured is 'The table';
comment on column consolidation.missing_capture.trigger_name is 'The trigger';
comment on column consolidation.missing_capture.remedy is 'The statement that makes it fire';

-- The functions run as workflow_maintenance: old code needs no new grant, and no trigger runs with
-- more rights than the queue needs. The new owner of a function needs create on its schema.
grant create on schema consolidation to workflow_maintenance;
alter function consolidation.capture_old() owner to workflow_maintenance;
alter function consolidation.capture_new() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;

do $$
declare
    old_tables constant regclass [] := array(
        select consolidation.old_table(t.name)
        from unnest(consolidation.six_tables()) with ordinality as t (name, place)
        order by t.place
    );
    old_table regclass;
begin
    perform consolidation.take_locks(old_tables, 'share row exclusive');
    foreach old_table in array old_tables loop
        perform consolidation.start_capture(old_table, 'consolidation.capture_old');
    end loop;
end
$$;

call consolidation.note_deployed('move/queue');

commit;
