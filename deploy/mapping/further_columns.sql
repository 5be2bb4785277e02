-- Deploy workflow_consolidation:mapping/further_columns to pg
--
-- Why:    a column that the baseline does not know is carried. One of runs or steps becomes a
--         column of the document, legacy_<name>, of the same type; one of events or screenshots
--         becomes a key of the element, legacy_<name>. Views of both families and the old name get
--         it at their end; functions get it where a comment of theirs says so. On a database with
--         the baseline's columns this changes nothing.
-- Locks:  access exclusive on the two new tables, which are empty and which nobody uses yet.
-- Revert: drops the functions. Columns and views go with the documents.

select consolidation.is_deployed('mapping/further_columns') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.expect_key(definition text, column_name name)
returns text
language sql
immutable
parallel safe
return regexp_replace(
    regexp_replace(
        definition, '(\{type,[^}]*)\}', format('\1,legacy_%s}', column_name), 'g'
    ),
    '(ARRAY\[''url''[^]]*)\]', format('\1, ''legacy_%s''::text]', column_name)
);
comment on function consolidation.expect_key(text, name) is
'A definition of event_row or screenshot_row, in which an element that is as built also has the key
of a further column';

create function consolidation.show_column(shown regclass, expression text, column_name name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition constant text := consolidation.expect_key(
        rtrim(pg_get_viewdef(shown), ';'), column_name
    );
    -- Subqueries are indented further.
    place constant integer := strpos(definition, e'\n   FROM ');
begin
    execute format(
        'create or replace view %s with (security_invoker = true) as %s, %s as %I %s',
        shown,
        left(definition, place - 1),
        replace(expression, '<alias>', substring(substr(definition, place) from 'FROM \S+ (\w+)')),
        column_name,
        substr(definition, place)
    );
end;
$$;
comment on function consolidation.show_column(regclass, text, name) is
'Appends a column to a view. expression: its value; <alias> stands for the relation that a plain
view reads';

create function consolidation.say(mark text, column_name name)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
    place record;
    key constant text := concat('legacy_', column_name);
begin
    for found in
        select pg_get_functiondef(p.oid) as definition
        from pg_proc as p
        where
            -- Anybody may have a function in public.
            (
                p.pronamespace = 'consolidation'::regnamespace
                or p.oid = to_regprocedure('public.keep_screenshots()')
            )
            and strpos(p.prosrc, format('/* %s: ', mark)) > 0
    loop
        for place in
            select distinct
                m.part[1] as comment,
                m.part[2] as template
            from regexp_matches(
                found.definition, format('(/\* %s: (.*?) \*/)', mark), 'g'
            ) as m (part)
        loop
            place.template := replace(place.template, '''legacy_<further>''', quote_literal(key));
            place.template := replace(place.template, 'legacy_<further>', quote_ident(key));
            place.template := replace(
                place.template, '<further>', coalesce(quote_ident(column_name), '')
            );
            found.definition := replace(
                found.definition, place.comment, concat(place.template, ' ', place.comment)
            );
        end loop;
        execute found.definition;
    end loop;
end;
$$;
comment on function consolidation.say(text, name) is
'Lets functions say what a comment says that begins with the mark, before that comment, with the
column for <further>';

create function consolidation.further_value(old_table text, column_name name, type_name text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return case
    -- Where it names the step of a screenshot, that is the step which holds it.
    when
        (old_table, column_name) = ('workflow_trace_screenshot', 'step_id')
        and exists (
            select from consolidation.computed_column(old_table) as c
            where c.column_name = 'step_index'
        )
        then '(select s.legacy_step_id from public.user_workflow_run_step as s '
        'where s.step_id = x.on_step)'
    else format(
        'consolidation.from_key(x.element -> ''legacy_%s'', null::%s)', column_name, type_name
    )
end;
comment on function consolidation.further_value(text, name, text) is
'The value of a further column of elements, in a view of these';

create function consolidation.take_further_columns()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
    found record;
    place record;
    key name;
begin
    if consolidation.phase() <> 'expand' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'columns are taken from the old tables only while these are in use';
    end if;
    for found in select m.* from consolidation.missed_column() as m loop
        key := concat('legacy_', found.column_name)::name;
        if found.document is not null then
            execute format(
                'alter table %s add column if not exists %I %s',
                found.document, key, found.type_name
            );
            execute format(
                'comment on column %s.%I is %L', found.document, key,
                format('Column %s of %s', found.column_name, found.old_table)
            );
        end if;
        for place in
            select p.* from consolidation.place_of_further_columns() as p
            where p.old_table = found.old_table
        loop
            perform consolidation.show_column(
                place.shown,
                case
                    when place.family = 'old row' then format('<alias>.%I', found.column_name)
                    when found.document is not null then format('<alias>.%I', key)
                    else consolidation.further_value(
                        found.old_table, found.column_name, found.type_name
                    )
                end,
                found.column_name
            );
        end loop;
        perform consolidation.say(found.view_name, found.column_name);
        if found.is_not_null then
            perform consolidation.say(
                concat(found.view_name, ' not null'), found.column_name
            );
        end if;
    end loop;
    -- A view that computes columns is written to by rules.
    perform consolidation.put_rules(v.shown, consolidation.old_table(n.name))
    from unnest(consolidation.six_tables()) as n (name)
    cross join lateral (
        values (to_regclass('consolidation.old_' || consolidation.part_of(n.name)))
    ) as v (shown)
    where exists (
        select from pg_rewrite as r where r.ev_class = v.shown and r.rulename <> '_RETURN'
    );
    -- Null stands for all runs. Those that are carried over already lack the values.
    if key is not null and exists (select from public.user_workflow_run) then
        insert into consolidation.change (trace_id) values (null);
    end if;
end;
$$;
comment on function consolidation.take_further_columns() is
'Gives the documents the columns of old tables that they lack, for a moment under access exclusive
locks. Raises 55000 after the cut-over, 55P03 if a lock is not had';

do $$
begin
    perform consolidation.take_further_columns();
end
$$;

call consolidation.note_deployed('mapping/further_columns');

commit;
