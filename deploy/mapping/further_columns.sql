-- Deploy workflow_consolidation:mapping/further_columns to pg
--
-- Why:    a column of runs or steps that the baseline does not know becomes a column of the
--         document, legacy_<name>, of the same type. Views of both families and the old name get
--         it at their end; functions get it where a comment of theirs says "further". On a database
--         with the baseline's columns this changes nothing.
-- Locks:  access exclusive on the two new tables, which are empty and which nobody uses yet.
-- Revert: drops the functions. Columns and views go with the documents.

select consolidation.is_deployed('mapping/further_columns') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- Where a further column is shown, and how it is called there.
create function consolidation.place_of_further_columns()
returns table (old_table text, document regclass, shown regclass, is_document boolean)
language sql
stable
begin atomic
    select
        v.old_table,
        format('public.%I', v.document)::regclass,
        s.shown,
        s.is_document
    from (
        values
        ('workflow_trace', 'user_workflow_run', 'trace'),
        ('workflow_steps', 'user_workflow_run_step', 'step')
    ) as v (old_table, document, view_name)
    cross join lateral (
        values
        (1, to_regclass(format('consolidation.old_%s', v.view_name)), false),
        (2, to_regclass(format('consolidation.%s_row', v.view_name)), true),
        (3, to_regclass(format('consolidation.back_%s', v.view_name)), false),
        (4, consolidation.old_name(v.old_table), true)
    ) as s (place, shown, is_document)
    order by v.old_table, s.place;
end;
comment on function consolidation.place_of_further_columns() is
'The views that show a further column of workflow_trace or workflow_steps, in the order in which
they are made. is_document: the view reads the document, where the column is called legacy_<name>';

create function consolidation.missed_column()
returns table (old_table text, column_name name, type_name text, document regclass)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        p.old_table,
        a.attname,
        format_type(a.atttypid, a.atttypmod) || coalesce(
            ' collate ' || nullif(a.attcollation, t.typcollation)::regcollation, ''
        ),
        p.document
    from consolidation.place_of_further_columns() as p
    inner join pg_attribute as a
        on
            a.attrelid = consolidation.old_table(p.old_table)
            and a.attnum > 0
            and not a.attisdropped
    inner join pg_type as t on t.oid = a.atttypid
    where
        p.shown in (to_regclass('consolidation.old_trace'), to_regclass('consolidation.old_step'))
        and not exists (
            select from pg_attribute as s where s.attrelid = p.shown and s.attname = a.attname
        )
    order by p.old_table, a.attnum;
end;
$$;
comment on function consolidation.missed_column() is
'Columns of workflow_trace and workflow_steps that the documents do not have yet';

create function consolidation.show_column(shown regclass, called name, column_name name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition constant text := pg_get_viewdef(shown);
    -- FROM, a relation and its alias end the definition of each of these views.
    source constant text [] := regexp_match(definition, '(\s+FROM \S+ (\w+);)$');
begin
    execute format(
        'create or replace view %s with (security_invoker = true) as %s, %s.%I as %I %s',
        shown, left(definition, -length(source[1])), source[2], called, column_name, source[1]
    );
end;
$$;
comment on function consolidation.show_column(regclass, name, name) is
'Appends a column to a plain view. called: its name in the relation behind';

create function consolidation.name_column(old_table text, column_name name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
    place record;
begin
    for found in
        select pg_get_functiondef(p.oid) as definition
        from pg_proc as p
        where
            p.pronamespace = 'consolidation'::regnamespace
            and strpos(p.prosrc, format('/* %s: ', old_table)) > 0
    loop
        for place in
            select distinct
                m.part[1] as comment,
                m.part[2] as alias,
                m.part[3] as prefix
            from regexp_matches(
                found.definition,
                format('(/\* %s: (\w+\.)?(\w*)<further> \*/)', old_table), 'g'
            ) as m (part)
        loop
            found.definition := replace(
                found.definition,
                place.comment,
                format(
                    ', %s%I %s', place.alias, concat(place.prefix, column_name), place.comment
                )
            );
        end loop;
        execute found.definition;
    end loop;
end;
$$;
comment on function consolidation.name_column(text, name) is
'Writes a column into the functions, before each comment that says that further columns of this
table belong there';

create function consolidation.take_further_columns()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
    found record;
    place record;
    called name;
begin
    if consolidation.phase() <> 'expand' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'columns are taken from the old tables only while these are in use';
    end if;
    for found in select m.* from consolidation.missed_column() as m loop
        called := concat('legacy_', found.column_name)::name;
        execute format(
            'alter table %s add column if not exists %I %s', found.document, called, found.type_name
        );
        execute format(
            'comment on column %s.%I is %L', found.document, called,
            format('Column %s of %s', found.column_name, found.old_table)
        );
        for place in
            select p.* from consolidation.place_of_further_columns() as p
            where p.old_table = found.old_table
        loop
            perform consolidation.show_column(
                place.shown,
                case when place.is_document then called else found.column_name end,
                found.column_name
            );
        end loop;
        perform consolidation.name_column(found.old_table, found.column_name);
    end loop;
    -- Null stands for all runs. Those that are carried over already lack the values.
    if called is not null and exists (select from public.user_workflow_run) then
        insert into consolidation.change (trace_id) values (null);
    end if;
end;
$$;
comment on function consolidation.take_further_columns() is
'Gives the documents the columns of workflow_trace and workflow_steps that they lack, for a moment
under access exclusive locks. Raises 55000 after the cut-over, 55P03 if a lock is not had';

do $$
begin
    perform consolidation.take_further_columns();
end
$$;

call consolidation.note_deployed('mapping/further_columns');

commit;
