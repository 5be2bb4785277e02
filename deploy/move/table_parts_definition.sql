-- Deploy workflow_consolidation:move/table_parts_definition to pg
--
-- Why:    statements that create the parts of a table again, apart from its columns.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/table_parts_definition') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.keys_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        case when k.contype = 'f' then 6 else 4 end,
        k.oid::bigint,
        format(
            'alter table %s add constraint %I %s', source, k.conname, pg_get_constraintdef(k.oid)
        )
    from pg_constraint as k
    where k.conrelid = source and k.contype in ('p', 'u', 'c', 'f', 'x')
    union all
    select
        case
            when i.indisunique or pg_get_indexdef(i.indexrelid, 1, true) in ('trace_id', 'step_id')
                then 5
            -- Carrying back neither asks for it nor is refused by it.
            else 17
        end,
        i.indexrelid::bigint,
        pg_get_indexdef(i.indexrelid)
    from pg_index as i
    where
        i.indrelid = source
        and not exists (
            select from pg_constraint as k
            where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
        )
    union all
    select
        5,
        s.oid::bigint,
        pg_get_statisticsobjdef(s.oid)
    from pg_statistic_ext as s
    where s.stxrelid = source
    union all
    select
        9,
        0,
        format(
            'alter table %s replica identity %s', source,
            case c.relreplident
                when 'f' then 'full'
                when 'n' then 'nothing'
                else (
                    select 'using index ' || quote_ident(x.relname)
                    from pg_index as i
                    inner join pg_class as x on x.oid = i.indexrelid
                    where i.indrelid = source and i.indisreplident
                )
            end
        )
    from pg_class as c
    where c.oid = source and c.relreplident <> 'd';
end;
comment on function consolidation.keys_definition(regclass) is
'Statements that create keys, indexes and statistics again. Stage 17: indexes after the rows';

create function consolidation.rules_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        7,
        g.oid::bigint,
        pg_get_triggerdef(g.oid)
    from pg_trigger as g
    where g.tgrelid = source and not g.tgisinternal
    union all
    select
        8,
        g.oid::bigint,
        format(
            'alter table %s %s trigger %I', source,
            case g.tgenabled
                when 'D' then 'disable' when 'A' then 'enable always' else 'enable replica'
            end,
            g.tgname
        )
    from pg_trigger as g
    where g.tgrelid = source and not g.tgisinternal and g.tgenabled <> 'O'
    union all
    select
        8,
        p.oid::bigint,
        consolidation.policy_definition(p.oid, source::text)
    from pg_policy as p
    where p.polrelid = source
    union all
    select
        9,
        v.place,
        format('alter table %s %s row level security', source, v.setting)
    from pg_class as c
    -- Both are written out: an event trigger of the database may isolate every new table.
    cross join lateral (
        values
        (1, case when c.relrowsecurity then 'enable' else 'disable' end),
        (2, case when c.relforcerowsecurity then 'force' else 'no force' end)
    ) as v (place, setting)
    where c.oid = source and c.relkind = 'r';
end;
comment on function consolidation.rules_definition(regclass) is
'Statements that create triggers and policies of a table again';

create function consolidation.comments_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        case when o.object like 'index %' then 18 else 14 end,
        row_number() over (order by o.class, o.id, o.sub_id),
        format('comment on %s is %L', o.object, d.description)
    from (
        select
            'pg_class'::regclass as class,
            source::oid as id,
            0 as sub_id,
            format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, source) as object
        from pg_class as c
        where c.oid = source
        union all
        select
            'pg_class'::regclass,
            source,
            a.attnum,
            format('column %s.%I', source, a.attname)
        from pg_attribute as a
        where a.attrelid = source and a.attnum > 0
        union all
        select
            'pg_class'::regclass,
            i.indexrelid,
            0,
            format('index %s', i.indexrelid::regclass)
        from pg_index as i
        where i.indrelid = source
        union all
        select
            'pg_constraint'::regclass,
            k.oid,
            0,
            format('constraint %I on %s', k.conname, source)
        from pg_constraint as k
        where k.conrelid = source
        union all
        select
            'pg_trigger'::regclass,
            g.oid,
            0,
            format('trigger %I on %s', g.tgname, source)
        from pg_trigger as g
        where g.tgrelid = source
        union all
        select
            'pg_policy'::regclass,
            p.oid,
            0,
            format('policy %I on %s', p.polname, source)
        from pg_policy as p
        where p.polrelid = source
    ) as o
    inner join pg_description as d
        on d.objoid = o.id and d.classoid = o.class and d.objsubid = o.sub_id;
end;
comment on function consolidation.comments_definition(regclass) is
'Statements that comment a table or view, and what belongs to it, again';

create function consolidation.privileges_definition(source regclass)
returns table (stage integer, place bigint, statement text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        15,
        0::bigint,
        format('alter table %s owner to %I', source, pg_get_userbyid(c.relowner))
    from pg_class as c
    where c.oid = source
    union all
    select
        15,
        1,
        format('select consolidation.revoke_everything(%L)', source)
    union all
    -- In the order of the grants: a role gets its grant option before it grants with it.
    select
        16,
        a.attnum * 1000 + x.place,
        format(
            'grant %s%s on %s to %s%s',
            x.privilege_type,
            case when a.attname is not null then format(' (%I)', a.attname) end,
            source,
            coalesce(quote_ident(r.rolname), 'public'),
            case when x.is_grantable then ' with grant option' end
        )
    from (
        select
            0 as attnum,
            null::name as attname,
            o.relacl as acl
        from pg_class as o
        where o.oid = source
        union all
        select
            t.attnum,
            t.attname,
            t.attacl
        from pg_attribute as t
        where t.attrelid = source
    ) as a
    cross join lateral aclexplode(a.acl) with ordinality
    as x (grantor, grantee, privilege_type, is_grantable, place)
    inner join pg_class as c on c.oid = source
    left join pg_roles as r on r.oid = x.grantee
    where a.attname is not null or x.grantee <> c.relowner;
end;
comment on function consolidation.privileges_definition(regclass) is
'Statements that give a table or view its owner and privileges again';

call consolidation.note_deployed('move/table_parts_definition');

commit;
