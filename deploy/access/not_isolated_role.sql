-- Deploy workflow_consolidation:access/not_isolated_role to pg
--
-- Why:    some roles see every organisation by an attribute, as owner or as a member.
-- Locks:  none.
-- Revert: drops the view.
--
-- The view is in public, so that it can be asked after the contract project has dropped the rest.

select consolidation.is_deployed('access/not_isolated_role') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view public.not_isolated_role
with (security_invoker = true) as
select
    g.login_role,
    g.role_id,
    g.path,
    'superuser' as why,
    null::text as tables
from public.role_reach as g
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where r.rolsuper
union all
select
    g.login_role,
    g.role_id,
    g.path,
    'bypassrls',
    null
from public.role_reach as g
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where r.rolbypassrls and not r.rolsuper
union all
select
    g.login_role,
    g.role_id,
    g.path,
    'files or programs of the server',
    null
from public.role_reach as g
where g.role_id in (
    to_regrole('pg_read_server_files'), to_regrole('pg_write_server_files'),
    to_regrole('pg_execute_server_program')
)
union all
-- A base backup and a logical slot ask no policy.
select
    g.login_role,
    g.role_id,
    g.path,
    'replication',
    null
from public.role_reach as g
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where r.rolreplication and not r.rolsuper
union all
-- Up to PostgreSQL 15 createrole suffices to become a member of any role but a superuser.
select
    g.login_role,
    g.role_id,
    g.path,
    'createrole (could make itself a member)',
    null
from public.role_reach as g
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where
    r.rolcreaterole
    and not r.rolsuper
    and current_setting('server_version_num')::integer < 160000
union all
-- An owner counts even with force: it can switch row level security off.
select
    g.login_role,
    g.role_id,
    g.path,
    case when t.relforcerowsecurity then 'owner (could switch it off)' else 'owner' end,
    t.label
from public.role_reach as g
inner join public.isolated_table as t on t.relowner = g.role_id
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where not r.rolsuper and not r.rolbypassrls
union all
-- Policies that show more than the organisation that app.current_org_id names.
select
    g.login_role,
    g.role_id,
    g.path,
    case
        when p.polname = format('%s_unscoped', t.label) then 'unscoped'
        when g.role_id = to_regrole('workflow_maintenance')::oid then 'workflow_maintenance'
        else format('policy %s', p.polname)
    end,
    t.label
from public.role_reach as g
inner join pg_catalog.pg_policy as p on g.role_id = any (p.polroles) or p.polroles = '{0}'
inner join public.isolated_table as t on t.oid = p.polrelid
where
    t.relrowsecurity
    and p.polpermissive
    and p.polcmd in ('r', '*')
    and not public.asks_organisation(p.oid)
    and not exists (
        select from pg_catalog.pg_policy as n
        where
            n.polrelid = p.polrelid
            and not n.polpermissive
            and n.polcmd in ('r', '*')
            and (n.polroles = '{0}' or g.role_id = any (n.polroles))
            and public.asks_organisation(n.oid)
    )
    and (p.polroles <> '{0}' or g.login_role = g.role_id)
union all
select
    g.login_role,
    g.role_id,
    g.path,
    'no row level security',
    t.label
from public.role_reach as g
inner join public.isolated_table as t on not t.relrowsecurity
inner join pg_catalog.pg_roles as r on r.oid = g.role_id
where
    g.role_id <> t.relowner
    and not r.rolsuper
    and (
        r.rolname = 'pg_read_all_data'
        or exists (
            select
            from pg_catalog.pg_class as c
            cross join lateral aclexplode(c.relacl) as x
            where
                c.oid = t.oid
                and x.privilege_type = 'SELECT'
                and (x.grantee = g.role_id or (x.grantee = 0 and g.login_role = g.role_id))
        )
    );
comment on view public.not_isolated_role is
'Login roles that see more than one organisation by an attribute, as owner, by a policy or for lack
of row level security; not_isolated reads it';
comment on column public.not_isolated_role.login_role is 'The login role';
comment on column public.not_isolated_role.role_id is
'The role that has the property: the login role itself, or one that it can become';
comment on column public.not_isolated_role.path is
'Memberships that lead from login_role to role_id';
comment on column public.not_isolated_role.why is 'As not_isolated.reason';
comment on column public.not_isolated_role.tables is 'As not_isolated.tables, one table a row';

call consolidation.note_deployed('access/not_isolated_role');

commit;
