-- Deploy workflow_consolidation:mapping/old_views to pg
--
-- Why:    the move reads and writes an old table through a view with the columns of the baseline,
--         whatever the table has. The views and their rules are bound by oid, and so follow the
--         table from schema to schema.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/old_views') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.rewrite_view(shown regclass, query text)
returns regclass
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    said constant text := obj_description(shown, 'pg_class');
    name constant text := shown::text;
begin
    execute format('drop view %s', name);
    execute format('create view %s with (security_invoker = true) as %s', name, query);
    execute format('comment on view %s is %L', name, said);
    return name::regclass;
end;
$$;
comment on function consolidation.rewrite_view(regclass, text) is
'Creates a view again with another query, and the comment that it has';

create function consolidation.put_rules(shown regclass, source regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    names text;
    inserted text;
    updated text;
    key text;
    returned text;
    statement text;
begin
    select
        string_agg(quote_ident(t.attname), ', ' order by a.attnum),
        string_agg(format(w.written, 'new', t.attname), ', ' order by a.attnum)
            filter (where t.attname is not null),
        string_agg(
            concat(quote_ident(t.attname), ' = ', format(w.written, 'new', t.attname)), ', '
            order by a.attnum
        ) filter (where t.attidentity <> 'a'),
        -- The run as well, since it has an index whatever the key is computed from.
        string_agg(
            concat('o.', quote_ident(t.attname), ' = ', format(w.written, 'old', t.attname)),
            ' and ' order by a.attnum
        ) filter (where a.attnum = 1 or t.attname = 'trace_id'),
        string_agg(
            case
                when t.attname is null
                    then format('null::%s', format_type(a.atttypid, a.atttypmod))
                else format(w.returned, 'o', t.attname)
            end,
            ', ' order by a.attnum
        )
    into names, inserted, updated, key, returned
    from pg_attribute as a
    left join pg_attribute as t on t.attrelid = source and t.attname = a.attname
    left join (
        values
        (false, '%s.%I', '%s.%I'),
        (
            true, 'consolidation.screenshot_number(%s.%I)', 'consolidation.screenshot_uuid(%s.%I)'
        )
    ) as w (is_number, written, returned)
        on w.is_number = (a.atttypid = 'uuid'::regtype and t.atttypid <> a.atttypid)
    where a.attrelid = shown and a.attnum > 0;
    foreach statement in array array[
        'create or replace rule put_in as on insert to %1$s do instead insert into %2$s as o (%3$s)'
        ' overriding system value values (%4$s) returning %7$s',
        'create or replace rule put_right as on update to %1$s do instead update %2$s as o '
        'set %5$s where %6$s returning %7$s'
    ] loop
        execute format(statement, shown, source, names, inserted, updated, key, returned);
    end loop;
end;
$$;
comment on function consolidation.put_rules(regclass, regclass) is
'Lets a view be written to that computes columns: what it computes is not written. PostgreSQL
deletes through it by itself. The first column is the key';

create function consolidation.shown_columns(
    shown regclass, table_name text, kind_of_row text, source text
)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select string_agg(
        case
            when c.column_name is null
                then concat(shown_columns.source, '.', quote_ident(a.attname))
            else format(
                '%s as %I',
                replace(
                    consolidation.computed_value(
                        shown_columns.table_name, a.attname, c.type_name, shown_columns.kind_of_row
                    ),
                    '<row>', shown_columns.source
                ),
                a.attname
            )
        end,
        ', ' order by a.attnum
    )
    from pg_attribute as a
    left join consolidation.computed_column(shown_columns.table_name) as c
        on c.column_name = a.attname
    where a.attrelid = shown_columns.shown and a.attnum > 0;
end;
comment on function consolidation.shown_columns(regclass, text, text, text) is
'The columns of a view as they are selected from source, the alias of a relation, computed where the
old table lacks them. kind_of_row: as of computed_value()';

create procedure consolidation.bind_old_view(shown regclass, source regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Not of the source: script/assess has a stand-in for a table that is refused.
    table_name constant text := (select c.relname from pg_class as c where c.oid = source);
    is_any_computed constant boolean := exists (
        select from consolidation.computed_column(table_name)
    );
begin
    shown := consolidation.rewrite_view(
        shown,
        format(
            'select %s from %s as t',
            consolidation.shown_columns(shown, table_name, 'old', 't'), source
        )
    );
    if is_any_computed then
        perform consolidation.put_rules(shown, source);
    end if;
end;
$$;
comment on procedure consolidation.bind_old_view(regclass, regclass) is
'Gives a view, which says the names and types of the baseline, what an old table has in these
columns. Computes those that the table lacks';

create procedure consolidation.show_computed(shown regclass, table_name text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from consolidation.computed_column(table_name)) then
        return;
    end if;
    execute format(
        'create or replace view %s with (security_invoker = true) as select %s from (%s) as x',
        shown, consolidation.shown_columns(shown, table_name, 'document', 'x'),
        rtrim(pg_get_viewdef(shown), ';')
    );
end;
$$;
comment on procedure consolidation.show_computed(regclass, text) is
'Lets a view of elements show the same as the old table in columns that this lacks, whatever the
elements say';

call consolidation.note_deployed('mapping/old_views');

commit;
