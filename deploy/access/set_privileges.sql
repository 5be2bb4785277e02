-- Deploy workflow_consolidation:access/set_privileges to pg
--
-- Why:    default privileges and event triggers of a database change the objects that a script
--         creates. Each deploy script ends with note_deployed(), which gives every object exactly
--         the declared privileges and row level security.
-- Locks:  none.
-- Revert: drops view, functions and procedure.

select consolidation.is_deployed('access/set_privileges') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.unequal_privileges(kinds text [], ids oid [] default null)
returns table (ordinal integer, target text, statement text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with object as materialized (
        select
            o.*,
            r.is_shared
        from consolidation.project_object as o
        cross join lateral (
            select coalesce(bool_or(l.extent <> 'exact'), false) as is_shared
            from consolidation.privilege_rule as l
            where l.kind = o.kind and o.name ~ l.names
        ) as r
        where (kinds is null or o.kind = any (kinds)) and (ids is null or o.id = any (ids))
    ),

    held as materialized (
        select
            o.target,
            o.is_shared,
            x.grantee,
            case when not u.is_column then x.privilege_type end as privilege_type,
            -- The declaration knows neither columns nor grant options.
            u.is_column or x.is_grantable as is_more,
            x.grantor = o.owner as is_lasting
        from object as o
        cross join lateral (
            select
                o.acl,
                false as is_column
            union all
            select
                a.attacl,
                true
            from pg_attribute as a
            where o.kind in ('table', 'view') and a.attrelid = o.id and a.attacl is not null
        ) as u
        cross join lateral aclexplode(u.acl) as x
        where x.grantee <> o.owner
    ),

    declared as materialized (
        select
            o.target,
            r.grantee,
            r.role_name,
            r.privilege_type
        from object as o
        inner join consolidation.ruled_privilege as r on r.kind = o.kind and o.name ~ r.names
        where r.grantee <> o.owner
    ),

    taken as materialized (
        select distinct
            h.target,
            h.grantee
        from held as h
        left join declared as d
            on d.target = h.target and d.grantee = h.grantee and d.privilege_type = h.privilege_type
        where not h.is_shared and (h.is_more or d.target is null)
    )

    select
        1,
        t.target,
        format(
            'revoke all on %s from %s cascade', t.target, coalesce(quote_ident(r.rolname), 'public')
        )
    from taken as t
    left join pg_roles as r on r.oid = t.grantee
    union all
    -- A revoke also takes declared privileges, and those that its grantee has granted.
    select distinct
        2,
        d.target,
        format('grant %s on %s to %s', lower(d.privilege_type), d.target, d.role_name)
    from declared as d
    left join held as h
        on h.target = d.target and h.grantee = d.grantee and h.privilege_type = d.privilege_type
        and (h.is_lasting or h.is_shared)
    left join taken as t on t.target = d.target and t.grantee = d.grantee
    where h.target is null or t.target is not null
    union all
    select
        3,
        o.target,
        format(
            'alter %s %s row level security', o.target,
            replace(o.declared_isolation, ', ', ' row level security, ')
        )
    from object as o
    where o.isolation <> o.declared_isolation;
end;
$$;
comment on function consolidation.unequal_privileges(text [], oid []) is
'Statements that give objects the declared privileges and row level security where theirs differ.
kinds and ids: of project_object, null for all. ordinal: 1 for a revoke, 2 for a grant, 3 for row
level security, the order of execution';

create view consolidation.unequal_privilege
with (security_invoker = true) as
select
    u.ordinal,
    u.target,
    u.statement
from consolidation.unequal_privileges(null) as u;
comment on view consolidation.unequal_privilege is
'Objects whose privileges or row level security differ from the declaration';
comment on column consolidation.unequal_privilege.ordinal is
'1 for a revoke, 2 for a grant, 3 for row level security: the order of execution';
comment on column consolidation.unequal_privilege.target is 'Object, as grant and revoke name it';
comment on column consolidation.unequal_privilege.statement is 'Statement that makes it equal';

create function consolidation.set_privileges(
    kinds text [] default null, ids oid [] default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select u.statement
        from consolidation.unequal_privileges(kinds, ids) as u
        order by u.ordinal
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.set_privileges(text [], oid []) is
'Gives the objects of these kinds and ids (of project_object; null: all) the declared privileges and
row level security; touches nothing that has them';

create procedure consolidation.note_deployed(change text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into consolidation.own_function (signature)
    select format('%I(%s)', p.proname, oidvectortypes(p.proargtypes))
    from pg_proc as p
    cross join pg_current_xact_id() as t (id)
    where
        p.pronamespace = 'public'::regnamespace
        -- A savepoint has an id of its own, which is also still in progress.
        and pg_xact_status(
            cast(greatest(t.id::text::bigint + age(t.id::xid) - age(p.xmin), 0)::text as xid8)
        ) = 'in progress'
    on conflict do nothing;
    -- Older objects have their privileges already.
    perform consolidation.set_privileges(
        ids => array(
            select c.oid from pg_class as c where age(c.xmin) <= age(pg_current_xact_id()::xid)
            union all
            select p.oid from pg_proc as p where age(p.xmin) <= age(pg_current_xact_id()::xid)
        )
    );
    insert into consolidation.deployed_change (change)
    values (note_deployed.change)
    on conflict do nothing;
end;
$$;
comment on procedure consolidation.note_deployed(text) is
'The last statement of a deploy script: notes that the change is deployed, and gives the objects
that its transaction created the declared privileges. Functions that it created in public become the
project''s';

create function consolidation.loose_function(signatures text [])
returns text []
language sql
stable
set search_path = pg_catalog, pg_temp
return array(
    select f.signature
    from unnest(signatures) with ordinality as f (signature, place)
    where not exists (
        select from pg_proc as p
        where
            p.oid = to_regprocedure(f.signature)
            and (
                p.prosqlbody is not null
                or p.prokind = 'p'
                or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
            )
            and p.oid not in (
                select o.id
                from consolidation.unequal_privileges(
                    null, array(select to_regprocedure(g.name) from unnest(signatures) as g (name))
                ) as u
                inner join consolidation.project_object as o on o.target = u.target
            )
    )
    order by f.place
);
comment on function consolidation.loose_function(text []) is
'For verify scripts: functions that are missing, that look up names in the search path of their
caller, or whose execute privileges are not exactly the declared ones';

-- The first call is for all objects, old tables included.
do $$ begin perform consolidation.set_privileges(); end $$;

call consolidation.note_deployed('access/set_privileges');

commit;
