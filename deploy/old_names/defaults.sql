-- Deploy workflow_consolidation:old_names/defaults to pg
--
-- Why:    an insert through an old name that leaves a column out has to get the value that the old
--         table would have given it: its default in this database, or none.
-- Locks:  access exclusive on the views that wait, which nobody uses yet; access share on the old
--         tables, for a moment.
-- Revert: drops function and view; the defaults stay until the views are dropped.

select consolidation.is_deployed('old_names/defaults') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_default
with (security_invoker = true) as
select
    v.old_name,
    a.attname as column_name,
    coalesce(
        pg_get_expr(o.adbin, o.adrelid),
        -- A plain null would not be stored as a default, and the document's own would apply.
        (
            select format('NULLIF(%1$s, %1$s)', pg_get_expr(d.adbin, d.adrelid))
            from consolidation.column_behind(v.old_name) as b
            inner join pg_attribute as c on c.attrelid = b.relation and c.attname = b.column_name
            inner join pg_attrdef as d on d.adrelid = c.attrelid and d.adnum = c.attnum
            where b.view_column = a.attname and consolidation.is_plain(v.old_name)
        )
    ) as wanted,
    pg_get_expr(w.adbin, w.adrelid) as present
from (
    select
        consolidation.old_name(n.name) as old_name,
        consolidation.old_table(n.name) as old_table
    from unnest(consolidation.six_tables()) as n (name)
) as v
inner join pg_attribute as a
    on a.attrelid = v.old_table and a.attnum > 0 and not a.attisdropped
inner join pg_attribute as s on s.attrelid = v.old_name and s.attname = a.attname
left join pg_attrdef as o on o.adrelid = a.attrelid and o.adnum = a.attnum
left join pg_attrdef as w on w.adrelid = v.old_name and w.adnum = s.attnum
where
    -- Ids come from sequences. The organisation of a document comes from the session, unless it is
    -- given.
    a.attname not in ('trace_id', 'event_id', 'screenshot_id', 'context_id', 'org_id')
    and not (a.attname = 'step_id' and consolidation.is_plain(v.old_name));
comment on view consolidation.old_default is
'Columns of the old names, ids apart, with the default that the old table gives them';
comment on column consolidation.old_default.old_name is 'The view that has or gets the old name';
comment on column consolidation.old_default.column_name is 'Column of the view';
comment on column consolidation.old_default.wanted is
'The default of the old table; an expression that is null where only the document has a default';
comment on column consolidation.old_default.present is 'The default of the view';

create function consolidation.take_defaults()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format(
            'alter view %s alter column %I %s', d.old_name, d.column_name,
            coalesce('set default ' || d.wanted, 'drop default')
        )
        from consolidation.old_default as d
        where d.wanted is distinct from d.present
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.take_defaults() is
'Gives the columns of the old names the defaults of the old tables';

do $$
begin
    perform consolidation.take_defaults();
end
$$;

call consolidation.note_deployed('old_names/defaults');

commit;
