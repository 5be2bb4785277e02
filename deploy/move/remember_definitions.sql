-- Deploy workflow_consolidation:move/remember_definitions to pg
--
-- Why:    somebody may drop the old tables, or the old names, by hand. The documents are all that
--         is needed to bring the rows back. The definitions of the tables and views are remembered
--         whenever the names have moved.
-- Locks:  none.
-- Revert: drops table and functions.

select consolidation.is_deployed('move/remember_definitions') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.remembered_definition (
    kind text not null,
    old_name text not null,
    ordinal integer not null,
    relation regclass not null,
    statement text not null,
    constraint remembered_definition_pkey primary key (kind, old_name, ordinal)
);
comment on table consolidation.remembered_definition is
'Statements that create the old tables and the views of the old names again, as of the last move of
the names';
comment on column consolidation.remembered_definition.kind is 'As relkind: r for table, v for view';
comment on column consolidation.remembered_definition.old_name is 'Name of the table or view';
comment on column consolidation.remembered_definition.ordinal is
'Order of execution, table after table within each thousand';
comment on column consolidation.remembered_definition.relation is 'The table or view at that time';
comment on column consolidation.remembered_definition.statement is
'One DDL statement, without semicolon';

create function consolidation.view_definition(source regclass)
returns table (ordinal integer, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with part (stage, place, statement) as (
        select
            2,
            0::bigint,
            format(
                'create view %s%s as %s',
                source,
                ' with (' || array_to_string(c.reloptions, ', ') || ')',
                rtrim(pg_get_viewdef(source), ';')
            )
        from pg_class as c
        where c.oid = source
        union all
        select
            3,
            d.adnum::bigint,
            format(
                'alter view %s alter column %I set default %s',
                source, a.attname, pg_get_expr(d.adbin, source)
            )
        from pg_attrdef as d
        inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = source
        union all
        select r.* from consolidation.rules_definition(source) as r
        union all
        select c.* from consolidation.comments_definition(source) as c
        union all
        select p.* from consolidation.privileges_definition(source) as p
    )

    select
        p.stage * 1000 + row_number() over (partition by p.stage order by p.place)::integer,
        p.statement
    from part as p
    where p.statement is not null;
end;
comment on function consolidation.view_definition(regclass) is
'Statements that create a view again as it is: query, defaults, triggers, comments, privileges';

create function consolidation.missing_object()
returns table (kind text, old_name text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        k.kind,
        n.name
    from unnest(consolidation.six_tables()) as n (name)
    cross join (values ('r'), ('v')) as k (kind)
    where
        not exists (
            select from pg_class as c
            where
                c.relname = n.name
                and c.relkind::text = k.kind
                and c.relnamespace in (
                    'public'::regnamespace, 'legacy'::regnamespace, 'consolidation'::regnamespace
                )
        )
        -- The contract project drops the tables itself, and knows how to create them again.
        and not (k.kind = 'r' and consolidation.phase() is not distinct from 'contract');
end;
comment on function consolidation.missing_object() is
'Old tables (r) and views of old names (v) that somebody dropped';

create function consolidation.refuse_missing()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    missing constant text := (
        select string_agg(
            format('%s %s', case m.kind when 'r' then 'table' else 'view' end, m.old_name),
            ', ' order by m.kind, array_position(consolidation.six_tables(), m.old_name)
        )
        from consolidation.missing_object() as m
    );
begin
    if missing is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('somebody dropped: %s', missing),
            detail = 'Nothing was changed. The documents hold what was carried over.',
            hint = 'select consolidation.rebuild_dropped(), then the same command again.';
    end if;
end;
$$;
comment on function consolidation.refuse_missing() is
'Raises 55000 while an old table, or a view of an old name, is missing';

create function consolidation.remember_definitions()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from consolidation.remembered_definition;
    insert into consolidation.remembered_definition (kind, old_name, ordinal, relation, statement)
    select
        c.relkind,
        c.relname,
        d.ordinal,
        c.oid,
        d.statement
    from pg_class as c
    cross join lateral (
        select t.* from consolidation.table_definition(c.oid) as t where c.relkind = 'r'
        union all
        select v.* from consolidation.view_definition(c.oid) as v where c.relkind = 'v'
    ) as d
    where
        c.relname = any (consolidation.six_tables())
        and c.relkind in ('r', 'v')
        and c.relnamespace in (
            'public'::regnamespace, 'legacy'::regnamespace, 'consolidation'::regnamespace
        );
    -- The last value of each sequence of ids. An id that somebody planted far away did not come
    -- from it.
    insert into consolidation.remembered_definition (kind, old_name, ordinal, relation, statement)
    select
        'r',
        s.table_name,
        3999,
        o.relation,
        format('select setval(%L, %s)', q.sequence_name, pg_sequence_last_value(q.sequence_name))
    from consolidation.id_sequence as s
    cross join lateral (select consolidation.old_table(s.table_name) as relation) as o
    inner join pg_class as c on c.oid = o.relation and c.relkind = 'r'
    cross join lateral (
        select pg_get_serial_sequence(o.relation::text, s.column_name)::regclass as sequence_name
    ) as q
    where pg_sequence_last_value(q.sequence_name) is not null;
end;
$$;
comment on function consolidation.remember_definitions() is
'Notes the present definitions of the old tables and of the views of the old names. Called before
the documents are filled, and whenever the names have moved';

-- Somebody may drop them before the first of these calls.
do $$ begin perform consolidation.remember_definitions(); end $$;

call consolidation.note_deployed('move/remember_definitions');

commit;
