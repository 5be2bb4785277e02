-- Deploy workflow_consolidation:old_names/columns to pg
--
-- Why:    an old name has the columns that its table has here, in their order: none that the table
--         lacks, so that "select *", rows as values and inserts without names of columns go on. On
--         a database with the baseline's columns this changes nothing.
-- Locks:  none.
-- Revert: drops the functions. The views go with their own scripts.

select consolidation.is_deployed('old_names/columns') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.columns_of(relation regclass)
returns name []
language sql
stable
set search_path = pg_catalog, pg_temp
return array(
    select a.attname
    from pg_attribute as a
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
    order by a.attnum
);
comment on function consolidation.columns_of(regclass) is
'The columns of a table or view, in their order';

create function consolidation.forget_column(old_name regclass, missing name, expression text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    pattern constant text := format('\m(new|old)\.(?:%1$s\M|"%1$s")(?! :=)', missing);
    definition text;
begin
    execute format('alter view %s alter column %I drop default', old_name, missing);
    for definition in
        select distinct pg_get_functiondef(g.tgfoid)
        from pg_trigger as g
        inner join pg_proc as p on p.oid = g.tgfoid
        where g.tgrelid = old_name and p.prosrc ~ pattern
    loop
        -- It can be null, also when the contract project has dropped the table.
        execute regexp_replace(
            replace(definition, format('%L <> all (nullable)', missing), 'false'),
            pattern,
            replace(replace(expression, '\', '\\'), '<row>', '\1'), 'g'
        );
    end loop;
end;
$$;
comment on function consolidation.forget_column(regclass, name, text) is
'Lets a view and its triggers do without a column: they compute what they read in it. expression:
as of computed_value()';

create function consolidation.fit_old_name(table_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    old_name constant regclass := consolidation.old_name(table_name);
    wanted constant name [] := consolidation.columns_of(consolidation.old_table(table_name));
    computed constant name [] := array(
        select c.column_name from consolidation.computed_column(table_name) as c
    );
    behind regclass;
    columns text;
    statements text [];
    statement text;
begin
    if wanted = consolidation.columns_of(old_name) and computed = '{}' then
        return;
    end if;
    perform consolidation.forget_column(
        old_name, c.column_name,
        consolidation.computed_value(table_name, c.column_name, c.type_name, 'new')
    )
    from consolidation.computed_column(table_name) as c;
    statements := array(
        select d.statement
        from consolidation.view_definition(old_name) as d
        order by d.ordinal
    );
    -- The first level: its columns are those of the view itself.
    select
        b.relation,
        string_agg(
            format(
                case
                    when b.view_column = any (computed)
                        then 'consolidation.screenshot_number(d.%I) as %I'
                    else 'd.%I as %I'
                end,
                b.column_name, b.view_column
            ),
            ', ' order by array_position(wanted, b.view_column)
        )
    into strict behind, columns
    from consolidation.column_behind(old_name) as b
    where
        b.view_column = any (wanted)
        and exists (
            select from pg_rewrite as r
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            where
                r.ev_class = old_name
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = b.relation
        )
    group by b.relation;
    perform consolidation.rewrite_view(
        old_name, format('select %s from %s as d', columns, behind)
    );
    foreach statement in array statements[2:] loop
        execute statement;
    end loop;
    if 'screenshot_id' = any (computed) then
        -- Stands for "left out", as in old_names/workflow_events.
        execute format(
            'alter view %s alter column screenshot_id set default %L::bigint',
            consolidation.old_name(table_name), '-5719117740578205047'
        );
    end if;
end;
$$;
comment on function consolidation.fit_old_name(text) is
'Gives an old name the columns that its table has, in their order';

do $$
begin
    perform consolidation.fit_old_name(n.name)
    from unnest(consolidation.six_tables()) as n (name);
    perform consolidation.note_behind();
end
$$;

call consolidation.note_deployed('old_names/columns');

commit;
