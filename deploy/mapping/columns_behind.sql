-- Deploy workflow_consolidation:mapping/columns_behind to pg
--
-- Why:    the mapping of plain columns is written once, in views. Whoever needs it otherwise reads
--         it from their definitions, through as many levels as there are.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/columns_behind') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.column_behind(old_name regclass)
returns table (view_column name, relation regclass, column_name name)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- The columns of one level by those of the old name. They are read from the definition, so that
    -- the mapping is not written once more. A plain column is a line of its own, without the name
    -- of its table from PostgreSQL 16 on. An expression is no column of the relation behind.
    with recursive level (relation, columns) as (
        select
            column_behind.old_name::oid,
            jsonb_object_agg(a.attname, a.attname)
        from pg_attribute as a
        where a.attrelid = column_behind.old_name and a.attnum > 0 and not a.attisdropped
        union all
        select
            d.refobjid,
            (
                select jsonb_object_agg(k.key, (parse_ident(m.part[1]))[1])
                from regexp_matches(
                    pg_get_viewdef(l.relation),
                    '^(?: SELECT |    )(?:\w+\.)?(\w+|"(?:[^"]|"")+")'
                    '(?: AS (\w+|"(?:[^"]|"")+"))?,?$', 'gn'
                ) as m (part)
                inner join jsonb_each_text(l.columns) as k
                    on k.value = (parse_ident(coalesce(m.part[2], m.part[1])))[1]
            )
        from level as l
        inner join pg_rewrite as r on r.ev_class = l.relation and r.rulename = '_RETURN'
        inner join lateral (
            select distinct p.refobjid
            from pg_depend as p
            inner join pg_class as c on c.oid = p.refobjid
            where
                p.classid = 'pg_rewrite'::regclass
                and p.objid = r.oid
                and p.refclassid = 'pg_class'::regclass
                and p.refobjid <> l.relation
                and c.relkind in ('r', 'v')
        ) as d on true
    )

    select
        k.key::name,
        l.relation::regclass,
        a.attname
    from level as l
    cross join jsonb_each_text(l.columns) as k
    inner join pg_attribute as a
        on a.attrelid = l.relation and a.attname = k.value and a.attnum > 0 and not a.attisdropped
    where l.relation <> column_behind.old_name;
end;
comment on function consolidation.column_behind(regclass) is
'For each column of a plain view, the column that it is on each level behind';

create function consolidation.base_column(old_name regclass)
returns table (view_column name, base_column name)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        b.view_column,
        b.column_name
    from consolidation.column_behind(base_column.old_name) as b
    inner join pg_class as c on c.oid = b.relation
    where c.relkind = 'r';
end;
comment on function consolidation.base_column(regclass) is
'Columns of the views workflow_trace and workflow_steps, and the document columns behind them';

call consolidation.note_deployed('mapping/columns_behind');

commit;
