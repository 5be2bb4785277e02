-- Deploy workflow_consolidation:swap/behind to pg
--
-- Why:    a security_invoker view asks for privileges on everything it is made of, and a foreign
--         key cannot refer to a view. These functions read the relations and columns behind an old
--         name from the definitions of the views, through as many levels as there are.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/behind') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.view_of_six()
returns table (name text, relation regclass)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        n.name,
        consolidation.old_name(n.name)
    from unnest(consolidation.six_tables()) as n (name);
end;
comment on function consolidation.view_of_six() is
'The views of the six old names, wherever the phase keeps them';

create function consolidation.relation_behind(old_name regclass)
returns table (relation regclass)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with recursive behind (relation) as (
        select old_name::oid
        union
        select d.refobjid
        from behind as b
        inner join pg_rewrite as r on r.ev_class = b.relation
        inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        inner join pg_class as c on c.oid = d.refobjid
        where d.refclassid = 'pg_class'::regclass and c.relkind in ('r', 'v')
    )

    select b.relation::regclass
    from behind as b
    where b.relation <> old_name;
end;
comment on function consolidation.relation_behind(regclass) is
'The views and tables that a view is made of, through all levels';

create function consolidation.is_plain(old_name regclass)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
-- The bit of an instead of trigger.
return not exists (
    select from pg_trigger as g where g.tgrelid = old_name and g.tgtype::integer & 64 <> 0
);
comment on function consolidation.is_plain(regclass) is
'Whether a statement on a view acts on the relation behind it, since no trigger stands between';

create function consolidation.needed_behind(old_name regclass)
returns table (
    privilege_type text, view_column name, needed text, relation regclass, column_name name
)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- A view reads all columns that it is made of, whichever are asked for.
    select
        'SELECT',
        null::name,
        'select',
        d.refobjid::regclass,
        a.attname
    from pg_rewrite as r
    inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where
        d.refclassid = 'pg_class'::regclass
        and d.refobjsubid > 0
        and d.refobjid <> needed_behind.old_name
        and (
            r.ev_class = needed_behind.old_name
            or r.ev_class in (
                select b.relation
                from consolidation.relation_behind(needed_behind.old_name) as b
            )
        )
    union
    select
        p.privilege_type,
        b.view_column,
        lower(p.privilege_type),
        b.relation,
        b.column_name
    from consolidation.column_behind(needed_behind.old_name) as b
    cross join (values ('INSERT'), ('UPDATE')) as p (privilege_type)
    where consolidation.is_plain(needed_behind.old_name)
    union
    select
        'DELETE',
        null,
        'delete',
        b.relation,
        null
    from consolidation.relation_behind(needed_behind.old_name) as b
    where consolidation.is_plain(needed_behind.old_name)
    union
    -- From PostgreSQL 17 on. vacuum, analyze and reindex skip a view.
    select
        'MAINTAIN',
        null,
        'maintain',
        b.relation,
        null
    from consolidation.relation_behind(needed_behind.old_name) as b
    inner join pg_class as c on c.oid = b.relation
    where c.relkind = 'r'
    union
    -- The triggers need these with the caller's rights.
    select
        p.privilege_type,
        null,
        'select',
        v.relation,
        v.column_name::name
    from (
        values
        ('public.user_workflow_run'::regclass, 'run_id'),
        ('public.user_workflow_run', 'org_id'),
        ('public.user_workflow_run', 'legacy_trace_id'),
        ('public.user_workflow_run_step', 'step_id'),
        ('public.user_workflow_run_step', 'run_id'),
        ('public.user_workflow_run_step', 'legacy_step_id'),
        ('public.user_workflow_run_step', 'legacy_trace_id')
    ) as v (relation, column_name)
    cross join (values ('INSERT'), ('UPDATE')) as p (privilege_type);
end;
comment on function consolidation.needed_behind(regclass) is
'Privileges behind an old name that a privilege on it takes: needed, on a column of a relation (or
all of it), for privilege_type on a column of the old name (or any)';

do $$ begin perform consolidation.note_behind(); end $$;

call consolidation.note_deployed('swap/behind');

commit;
