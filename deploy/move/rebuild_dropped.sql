-- Deploy workflow_consolidation:move/rebuild_dropped to pg
--
-- Why:    if somebody dropped old tables or old names by hand, these functions create them again as
--         they were, and fill them from the documents. After that, deploy and revert go on.
-- Locks:  none now. When called, share row exclusive on the document tables while tables in public
--         are filled.
-- Revert: drops the functions. It refuses while an old table is missing: the documents are all that
--         is left of it.

select consolidation.is_deployed('move/rebuild_dropped') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.execute_remembered_definitions(
    wanted_kind text, names text [], stages int4range
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    remembered text;
begin
    for remembered in
        select d.statement
        from consolidation.remembered_definition as d
        where
            d.kind = wanted_kind
            and d.old_name = any (names)
            -- Filling a table needs the views that are bound to it.
            and case when d.ordinal / 1000 = 13 then 1 else d.ordinal / 1000 end <@ stages
        order by
            d.ordinal / 1000,
            array_position(consolidation.six_tables(), d.old_name),
            d.ordinal
    loop
        execute remembered;
    end loop;
end;
$$;
comment on function consolidation.execute_remembered_definitions(text, text [], int4range) is
'Creates tables or views again as they were. stages: those of table_definition(), from 1 in a first
call to 18 in a second one';

create function consolidation.fill_dropped(names text [])
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    filled bigint;
    total bigint := 0;
begin
    -- Rows of a run that is not there were deleted after they were carried over.
    insert into consolidation.old_trace overriding system value
    select b.* from consolidation.back_trace as b where 'workflow_trace' = any (names);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_step overriding system value
    select b.* from consolidation.back_step as b
    where
        'workflow_steps' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_event overriding system value
    select b.* from consolidation.back_event as b
    where
        'workflow_events' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id)
        and (
            b.step_id is null
            or exists (select from consolidation.old_step as s where s.step_id = b.step_id)
        );
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_screenshot overriding system value
    select b.* from consolidation.back_screenshot as b
    where
        'workflow_trace_screenshot' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_context overriding system value
    select b.* from consolidation.back_context as b
    where
        'workflow_trace_context' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    total := total + filled;
    insert into consolidation.old_endpoint overriding system value
    select b.* from consolidation.back_endpoint as b
    where
        'workflow_trace_endpoint' = any (names)
        and exists (select from consolidation.old_trace as t where t.trace_id = b.trace_id);
    get diagnostics filled = row_count;
    return total + filled;
end;
$$;
comment on function consolidation.fill_dropped(text []) is
'Fills empty old tables from the documents. Returns how many rows. Raises the error that a table
raises for a row that it refuses';

create function consolidation.go_on_with_ids(names text [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    owned record;
begin
    for owned in
        select
            q.seqrelid::regclass as sequence_name,
            q.seqmax as highest,
            s.table_name,
            s.column_name
        from consolidation.id_sequence as s
        inner join pg_sequence as q
            on
                q.seqrelid = pg_get_serial_sequence(
                    consolidation.old_table(s.table_name)::text, s.column_name
                )::regclass
        where s.table_name = any (names)
    loop
        -- The sequence stands where it stood at the last move of the names. An id far beyond did
        -- not come from it. Deleted rows, or rows not carried over, had ids beyond the highest.
        execute format(
            'select setval(%L, least(greatest(q.last_value, max(t.%I)) + 1000, %s))
            from %s as q
            left join %s as t on t.%I <= q.last_value + 1000000000
            group by q.last_value',
            owned.sequence_name, owned.column_name, owned.highest, owned.sequence_name,
            consolidation.old_table(owned.table_name), owned.column_name
        );
    end loop;
end;
$$;
comment on function consolidation.go_on_with_ids(text []) is
'Makes new ids of these old tables begin a thousand after the highest that their sequences gave';

create function consolidation.rebuild_dropped()
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tables constant text [] := array(
        select m.old_name from consolidation.missing_object() as m where m.kind = 'r'
        order by array_position(consolidation.six_tables(), m.old_name)
    );
    views constant text [] := array(
        select m.old_name from consolidation.missing_object() as m where m.kind = 'v'
        order by array_position(consolidation.six_tables(), m.old_name)
    );
    in_legacy constant boolean := exists (
        select from consolidation.remembered_definition as d
        where d.statement like 'create table legacy.%'
    );
    filled bigint := 0;
begin
    perform consolidation.see_everything();
    if cardinality(tables) > 0 then
        perform consolidation.take_locks(
            array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
            'share row exclusive'
        );
        perform consolidation.execute_remembered_definitions('r', tables, '[1,5]');
        if not in_legacy then
            filled := consolidation.fill_dropped(tables);
            perform consolidation.go_on_with_ids(tables);
        end if;
        perform consolidation.execute_remembered_definitions('r', tables, '[6,18]');
        update consolidation.cut_over_log as l
        set relation = consolidation.old_table(d.old_name)
        from consolidation.remembered_definition as d
        where d.kind = 'r' and d.old_name = any (tables) and l.relation = d.relation;
        perform consolidation.forget_proof();
        if in_legacy then
            delete from consolidation.carried_back;
            delete from consolidation.set_aside as a where a.replaced_at is null;
            -- Null stands for all runs, as after a truncate: catch_up() fills the tables.
            insert into consolidation.change (trace_id) values (null);
        end if;
    end if;
    perform consolidation.execute_remembered_definitions('v', views, '[1,18]');
    perform consolidation.remember_definitions();
    return format(
        'tables: %s, filled with %s rows%s; views: %s',
        coalesce(nullif(array_to_string(tables, ', '), ''), 'none'),
        filled,
        case when in_legacy and cardinality(tables) > 0 then ', catch_up() fills them' end,
        coalesce(nullif(array_to_string(views, ', '), ''), 'none')
    );
end;
$$;
comment on function consolidation.rebuild_dropped() is
'Creates again, as they were, old tables and views of old names that somebody dropped. Returns
which. Fills tables in public from the documents; the next catch_up() fills those in legacy. Writes
to dropped tables that were not carried over are lost, and so are objects that depended on them';

call consolidation.note_deployed('move/rebuild_dropped');

commit;
