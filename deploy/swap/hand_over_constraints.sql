-- Deploy workflow_consolidation:swap/hand_over_constraints to pg
--
-- Why:    the prepared constraints take their names, and the old names take the defaults of the old
--         tables. A revert does the reverse.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/hand_over_constraints') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.hand_over_names()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select case
            when c.class = 'pg_constraint'::regclass
                then format(
                    'alter table %s rename constraint moving_%s to %I',
                    c.document, c.object, c.called
                )
            else format('alter index public.moving_%s rename to %I', c.object, c.called)
        end
        from consolidation.old_constraint() as c
        where
            exists (
                select from pg_constraint as k
                where k.conrelid = c.document and k.conname = format('moving_%s', c.object)
            )
            or to_regclass(format('public.moving_%s', c.object)) is not null
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.hand_over_names() is
'Gives the prepared constraints the names that they have on the old tables';

create function consolidation.hand_over_not_null()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
begin
    -- The check proves that there is no null, so nothing is read.
    for found in
        select n.* from consolidation.not_null_column() as n
        inner join pg_constraint as k on k.conrelid = n.document and k.conname = n.check_name
    loop
        execute format(
            'alter table %s alter column %I set not null', found.document, found.column_name
        );
        execute format('alter table %s drop constraint %I', found.document, found.check_name);
        perform consolidation.remember(
            'after', found.document,
            format('alter table <relation> alter column %I drop not null', found.column_name)
        );
    end loop;
end;
$$;
comment on function consolidation.hand_over_not_null() is
'Makes columns of the documents not null where those of the old tables are';

create function consolidation.other_default()
returns table (relation regclass, column_name name, wanted text, present text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with old_default as (
        select
            n.name,
            a.attname,
            pg_get_expr(d.adbin, d.adrelid) as wanted
        from unnest(consolidation.six_tables()) as n (name)
        inner join pg_attribute as a on a.attrelid = consolidation.old_table(n.name)
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where
            a.attnum > 0
            and not a.attisdropped
            and a.attname not in ('trace_id', 'step_id', 'event_id', 'screenshot_id', 'context_id')
    ),

    target as (
        select
            o.attname,
            o.wanted,
            consolidation.old_name(o.name) as relation,
            o.attname as column_name
        from old_default as o
        union all
        select
            o.attname,
            o.wanted,
            s.goes_to,
            c.base_column
        from old_default as o
        inner join consolidation.moving_side(true) as s
            on s.old_name = o.name and s.goes_to is not null
        inner join consolidation.noted_column as c
            on c.old_name = consolidation.old_name(o.name) and c.view_column = o.attname
        -- A column without a default there keeps that of the document, for new code.
        where o.wanted is not null
    )

    select
        t.relation,
        t.column_name,
        coalesce(t.wanted, 'null'),
        pg_get_expr(d.adbin, d.adrelid)
    from target as t
    inner join pg_attribute as a on a.attrelid = t.relation and a.attname = t.column_name
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where
        t.wanted is distinct from pg_get_expr(d.adbin, d.adrelid)
        -- A default that is null stands for none.
        and not (t.wanted is null and pg_get_expr(d.adbin, d.adrelid) ~ '^NULLIF')
        -- A view without a default finds that of the document.
        and (t.wanted is not null or d.adbin is not null);
end;
$$;
comment on function consolidation.other_default() is
'Columns of the six old names and of the documents whose default differs from that of the old
tables. wanted: the default there; present: the present one';

create function consolidation.hand_over_defaults()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
begin
    for found in select o.* from consolidation.other_default() as o loop
        execute format(
            'alter table %s alter column %I set default %s',
            found.relation, found.column_name, found.wanted
        );
        perform consolidation.remember(
            'after', found.relation,
            format(
                'alter table <relation> alter column %I %s', found.column_name,
                coalesce('set default ' || found.present, 'drop default')
            )
        );
    end loop;
end;
$$;
comment on function consolidation.hand_over_defaults() is
'Gives the old names, and columns of the documents, the defaults of the old tables';

create function consolidation.hand_over_constraints()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.hand_over_names();
    perform consolidation.hand_over_not_null();
    perform consolidation.hand_over_defaults();
end;
$$;
comment on function consolidation.hand_over_constraints() is
'Once the old tables are in "legacy": makes their constraints and defaults hold on the documents';

create function consolidation.hand_back_constraints()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format('alter table %s drop constraint %I', c.document, c.called)
        from consolidation.old_constraint() as c
        inner join pg_constraint as k on k.conrelid = c.document and k.conname = c.called
        where c.class = 'pg_constraint'::regclass
        union all
        select format('drop index %s', i.indexrelid::regclass)
        from consolidation.old_constraint() as c
        inner join pg_class as x on x.relname = c.called and x.oid <> c.object
        inner join pg_index as i on i.indexrelid = x.oid and i.indrelid = c.document
        where c.class = 'pg_class'::regclass
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.hand_back_constraints() is
'Drops from the documents the constraints that hold on the old tables. The inverse of
hand_over_constraints(), which remembered the rest';

call consolidation.note_deployed('swap/hand_over_constraints');

commit;
