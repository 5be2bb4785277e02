-- Deploy workflow_consolidation:swap/grants to pg
--
-- Why:    a role that could use a table can use the view that has its name after it, and what that
--         view asks for behind it, but no more. Changed privileges go back with the names.
-- Locks:  none now.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/grants') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.privilege(relation regclass)
returns table (
    privilege_type text, column_name name, grantee oid, role_name text, is_grantable boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        x.privilege_type,
        u.attname,
        x.grantee,
        coalesce(quote_ident(r.rolname), 'public'),
        x.is_grantable
    from (
        select
            coalesce(
                c.relacl,
                case c.relkind
                    when 'S' then acldefault('s', c.relowner)
                    else acldefault('r', c.relowner)
                end
            ) as acl,
            null::name as attname
        from pg_class as c
        where c.oid = relation
        union all
        select
            a.attacl,
            a.attname
        from pg_attribute as a
        where a.attrelid = relation and not a.attisdropped
    ) as u
    cross join lateral aclexplode(u.acl) as x
    left join pg_roles as r on r.oid = x.grantee;
end;
$$;
comment on function consolidation.privilege(regclass) is
'Privileges of each role on a table, view or sequence, its owner included; per column where they are
so there. role_name is quoted';

create function consolidation.copy_grants(source regclass, target regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    held record;
begin
    for held in select * from consolidation.privilege(source) as p loop
        execute format(
            'grant %s%s on %s to %s%s',
            held.privilege_type,
            ' (' || quote_ident(held.column_name) || ')',
            target,
            held.role_name,
            case when held.is_grantable then ' with grant option' end
        );
    end loop;
end;
$$;
comment on function consolidation.copy_grants(regclass, regclass) is
'Grants on the target the privileges that every role has on the source, its owner included; per
column where they are so there';

create function consolidation.revoke_grants(target regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    grantee text;
begin
    for grantee in
        select distinct p.role_name
        from consolidation.privilege(target) as p
        inner join pg_class as c on c.oid = target
        where
            p.grantee <> c.relowner
            and p.role_name not in ('workflow_app', 'workflow_maintenance')
    loop
        execute format('revoke all on %s from %s cascade', target, grantee);
    end loop;
end;
$$;
comment on function consolidation.revoke_grants(regclass) is
'Revokes all privileges on a relation, also on its columns, from everybody but its owner and the
roles of this project';

create function consolidation.grant_documents(old_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format(
            'grant %s%s on %s to %s',
            n.needed,
            ' (' || string_agg(distinct quote_ident(n.column_name), ', ') || ')',
            n.relation,
            p.role_name
        )
        from consolidation.privilege(old_name) as p
        inner join consolidation.noted_need as n
            on
                n.old_name = grant_documents.old_name
                and n.privilege_type = p.privilege_type
                and (
                    p.column_name is null
                    or n.view_column is null
                    or n.view_column = p.column_name
                )
        inner join pg_class as c on c.oid = n.relation and c.relowner <> p.grantee
        where
            -- The roles of the project have the declared privileges.
            p.role_name not in ('workflow_app', 'workflow_maintenance')
            -- A role that may write but not read must learn nothing.
            and (
                n.needed <> 'select'
                or p.privilege_type = 'SELECT'
                or exists (
                    select from consolidation.privilege(grant_documents.old_name) as r
                    where r.privilege_type = 'SELECT' and r.grantee in (p.grantee, 0)
                )
            )
        group by n.needed, n.relation, p.role_name
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.grant_documents(regclass) is
'Gives each role that may use an old name the privileges that this takes on the documents behind
it';

create function consolidation.revoke_everything(relation regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select distinct format(
            'revoke all on %s%s from %s cascade',
            case c.relkind when 'S' then 'sequence ' end, c.oid::regclass,
            coalesce(quote_ident(r.rolname), 'public')
        )
        from pg_class as c
        cross join lateral aclexplode(c.relacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            x.grantee <> c.relowner
            and (
                c.oid = relation
                or c.oid in (
                    select d.objid from pg_depend as d
                    where
                        d.classid = 'pg_class'::regclass
                        and d.refclassid = 'pg_class'::regclass
                        and d.refobjid = relation
                        and d.deptype in ('a', 'i')
                        and c.relkind = 'S'
                )
            )
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.revoke_everything(regclass) is
'Revokes from everybody but the owner the privileges that default privileges gave on a new relation,
and on the sequences of its columns';

call consolidation.note_deployed('swap/grants');

commit;
