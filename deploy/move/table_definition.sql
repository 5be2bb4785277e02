-- Deploy workflow_consolidation:move/table_definition to pg
--
-- Why:    these functions return statements that create a whole table again, with the parts of the
--         move that are bound to it.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/table_definition') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.bound_view(source regclass)
returns table (view regclass)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select distinct v.oid::regclass
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid
    inner join pg_class as v on v.oid = w.ev_class
    where
        d.classid = 'pg_rewrite'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid = source
        and v.relkind = 'v'
        and v.relnamespace = 'consolidation'::regnamespace;
end;
comment on function consolidation.bound_view(regclass) is
'The views of the move that are bound to an old table';

create function consolidation.table_definition(source regclass)
returns table (ordinal integer, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with part (stage, place, statement) as (
        select d.* from consolidation.serial_definition(source) as d
        union all
        select d.* from consolidation.columns_definition(source) as d
        union all
        select d.* from consolidation.keys_definition(source) as d
        union all
        select d.* from consolidation.rules_definition(source) as d
        union all
        select
            13,
            v.view::oid::bigint,
            format(
                'create view %s%s as %s',
                v.view,
                ' with (' || array_to_string(c.reloptions, ', ') || ')',
                rtrim(pg_get_viewdef(v.view), ';')
            )
        from consolidation.bound_view(source) as v
        inner join pg_class as c on c.oid = v.view
        union all
        select
            13,
            r.oid::bigint,
            rtrim(pg_get_ruledef(r.oid), ';')
        from consolidation.bound_view(source) as v
        inner join pg_rewrite as r on r.ev_class = v.view and r.rulename <> '_RETURN'
        union all
        select
            d.stage,
            o.place * 100000 + d.place,
            d.statement
        from (
            select
                0 as place,
                source as relation
            union all
            select
                1,
                v.view
            from consolidation.bound_view(source) as v
        ) as o
        cross join lateral (
            select c.* from consolidation.comments_definition(o.relation) as c
            union all
            select p.* from consolidation.privileges_definition(o.relation) as p
        ) as d
    )

    select
        p.stage * 1000 + row_number() over (partition by p.stage order by p.place)::integer,
        p.statement
    from part as p
    where p.statement is not null;
end;
comment on function consolidation.table_definition(regclass) is
'Statements that create a table again as it is: columns, keys, indexes, triggers, policies, the
views of the move, comments, privileges. Executed in the order of ordinal, table after table within
each thousand';

call consolidation.note_deployed('move/table_definition');

commit;
