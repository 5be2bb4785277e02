-- Deploy workflow_consolidation:swap/dependents to pg
--
-- Why:    views and SQL-standard functions are bound by oid: they would silently go on reading the
--         relations that had the old names before. The swap binds them to the relations that have
--         the names afterwards, both ways.
-- Locks:  none now. When called, under the locks of the swap, access exclusive on the views.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/dependents') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.rebinding(
    out kind text, out object text, out statement text, out trial text, out relation regclass
)
returns setof record
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with named as materialized (
        select to_regclass(format('public.%I', n.name)) as relation
        from unnest(consolidation.six_tables()) as n (name)
        union all
        select to_regclass(format('public.%I', s.sequence_name))
        from consolidation.id_sequence as s
    )

    select distinct
        'view',
        c.oid::regclass::text,
        format(
            'create or replace view %s %s as %s',
            c.oid::regclass,
            'with (' || array_to_string(c.reloptions, ', ') || ')',
            pg_get_viewdef(c.oid)
        ),
        pg_get_viewdef(c.oid),
        c.oid::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    inner join pg_class as c on c.oid = r.ev_class
    where
        c.relkind = 'v'
        and c.oid <> n.relation
        and c.relnamespace <> 'consolidation'::regnamespace
    union all
    select distinct
        'function',
        p.oid::regprocedure::text,
        pg_get_functiondef(p.oid),
        null,
        null::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
    where p.prosqlbody is not null and p.pronamespace <> 'consolidation'::regnamespace
    union all
    select distinct
        'default',
        format('%s of %s', a.attname, a.attrelid::regclass),
        format(
            'alter table %s alter column %I set default %s',
            a.attrelid::regclass, a.attname, pg_get_expr(f.adbin, f.adrelid)
        ),
        null,
        a.attrelid::regclass
    from named as n
    inner join pg_depend as d
        on d.refclassid = 'pg_class'::regclass and d.refobjid = n.relation
    inner join pg_attrdef as f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
    inner join pg_attribute as a on a.attrelid = f.adrelid and a.attnum = f.adnum
    inner join pg_class as c on c.oid = f.adrelid
    where
        d.refobjid <> f.adrelid
        and f.adrelid not in (
            select o.relation
            from unnest(consolidation.six_tables()) as m (name)
            cross join lateral (select consolidation.old_table(m.name)::oid as relation) as o
            where o.relation is not null
        )
        and c.relnamespace <> 'consolidation'::regnamespace;
end;
$$;
comment on function consolidation.rebinding() is
'Views, SQL-standard functions and defaults of columns that are bound to the present holders of the
old names, or of the names of their sequences. The statement binds each to the holders of these
names at the time it is executed. Those of this schema stay where they are';

create function consolidation.bind(statements text [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    foreach statement in array statements loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.bind(text []) is
'Executes what rebinding() returned before the names were moved';

create function consolidation.on_names_of(definition text, place text)
returns text
language sql
stable
parallel safe
return regexp_replace(
    definition,
    format('\mpublic\.(%s)\M', array_to_string(consolidation.six_tables(), '|')),
    place || '.\1', 'g'
);
comment on function consolidation.on_names_of(text, text) is
'The definition of a view or function with the old names replaced by those that wait in another
schema: the views in consolidation, or the tables in legacy';

create function consolidation.trial(
    kind text, definition text, place text default 'consolidation'
)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if kind = 'view' then
        -- The trial uses a copy, so that nobody who reads the view waits.
        execute 'create temporary view consolidation_trial as ' || definition;
        execute 'create or replace temporary view consolidation_trial as '
        || consolidation.on_names_of(definition, place);
    else
        execute consolidation.on_names_of(definition, place);
    end if;
    raise exception using errcode = 'ZZ999', message = 'it works, and is undone';
exception
    when sqlstate 'ZZ999' then
        return null;
    when others then
        return sqlerrm;
end;
$$;
comment on function consolidation.trial(text, text, text) is
'Tries before a swap whether a view or a function can be bound to the relations that will have the
names, which wait in the schema "place". A query that reads a table may not work on a view, where no
primary key implies the other columns of a group by. Returns the error, or null; changes nothing';

call consolidation.note_deployed('swap/dependents');

commit;
