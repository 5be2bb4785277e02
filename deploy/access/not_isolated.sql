-- Deploy workflow_consolidation:access/not_isolated to pg
--
-- Why:    row level security fails without a word: a superuser, an owner or a member too many sees
--         every organisation and nobody notices. Who wants to go live asks this view first.
-- Locks:  none.
-- Revert: drops the view.
--
-- In public, since it is worth asking also after the contract project has dropped the rest.

select consolidation.is_deployed('access/not_isolated') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view public.not_isolated
with (security_invoker = true) as
with recursive isolated_table as (
    -- Row level security on them and on what holds their rows before, after and during the move.
    select
        c.oid,
        c.relowner,
        c.relrowsecurity,
        c.relforcerowsecurity,
        case
            when n.nspname = 'public' then c.relname::text
            else format('%s.%s', n.nspname, c.relname)
        end as label
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where
        c.relkind in ('r', 'p')
        and n.nspname in ('public', 'legacy')
        and (
            c.relname in ('user_workflow_run', 'user_workflow_run_step', 'user_workflow_config')
            or c.relname in (
                'workflow_trace', 'workflow_steps', 'workflow_events',
                'workflow_trace_screenshot', 'workflow_trace_context', 'workflow_trace_endpoint',
                'workflow_configs'
            )
        )
),

-- Roles whose rights a login role has, at once or after "set role" (inherited or not).
reach (login_role, role_id, path) as (
    select
        r.oid,
        r.oid,
        array[r.oid]
    from pg_catalog.pg_roles as r
    where r.rolcanlogin
    union all
    select
        g.login_role,
        m.roleid,
        g.path || m.roleid
    from reach as g
    inner join pg_catalog.pg_auth_members as m on m.member = g.role_id
    where
        m.roleid <> all (g.path)
        -- From PostgreSQL 16 on, where it has these two columns, a membership may give nothing.
        and (
            m.admin_option
            or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
            or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
        )
),

reason (login_role, role_id, path, why, tables) as (
    select
        g.login_role,
        g.role_id,
        g.path,
        'superuser',
        null::text
    from reach as g
    inner join pg_catalog.pg_roles as r on r.oid = g.role_id
    where r.rolsuper
    union all
    select
        g.login_role,
        g.role_id,
        g.path,
        'bypassrls',
        null
    from reach as g
    inner join pg_catalog.pg_roles as r on r.oid = g.role_id
    where r.rolbypassrls and not r.rolsuper
    union all
    select
        g.login_role,
        g.role_id,
        g.path,
        'files or programs of the server',
        null
    from reach as g
    where g.role_id in (
        to_regrole('pg_read_server_files'), to_regrole('pg_write_server_files'),
        to_regrole('pg_execute_server_program')
    )
    union all
    -- A base backup, or a logical slot: neither asks a policy.
    select
        g.login_role,
        g.role_id,
        g.path,
        'replication',
        null
    from reach as g
    inner join pg_catalog.pg_roles as r on r.oid = g.role_id
    where r.rolreplication and not r.rolsuper
    union all
    -- Until PostgreSQL 15 createrole is enough to become a member of any role but a superuser.
    select
        g.login_role,
        g.role_id,
        g.path,
        'createrole (could make itself a member)',
        null
    from reach as g
    inner join pg_catalog.pg_roles as r on r.oid = g.role_id
    where
        r.rolcreaterole
        and not r.rolsuper
        and current_setting('server_version_num')::integer < 160000
    union all
    -- Also with force: an owner can switch row level security off.
    select
        g.login_role,
        g.role_id,
        g.path,
        case when t.relforcerowsecurity then 'owner (could switch it off)' else 'owner' end,
        t.label
    from reach as g
    inner join isolated_table as t on t.relowner = g.role_id
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
    from reach as g
    inner join pg_catalog.pg_policy as p on g.role_id = any (p.polroles) or p.polroles = '{0}'
    inner join isolated_table as t on t.oid = p.polrelid
    where
        t.relrowsecurity
        and p.polpermissive
        and p.polcmd in ('r', '*')
        and pg_get_expr(p.polqual, p.polrelid)
        !~ '^\(org_id = \( SELECT (public\.)?current_org_id\(\) AS current_org_id\)\)$'
        and (p.polroles <> '{0}' or g.login_role = g.role_id)
    union all
    select
        g.login_role,
        g.role_id,
        g.path,
        'no row level security',
        t.label
    from reach as g
    inner join isolated_table as t on not t.relrowsecurity
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
        )
)

select
    l.rolname as role_name,
    s.why as reason,
    case
        when w.role_id <> s.login_role
            then (
                select string_agg(p.rolname, ' > ' order by h.place)
                from unnest(w.path) with ordinality as h (role_id, place)
                inner join pg_catalog.pg_roles as p on p.oid = h.role_id
            )
    end as through,
    s.tables,
    s.why = 'unscoped' as only_without_organisation
from (
    select
        r.login_role,
        r.why,
        r.role_id,
        string_agg(distinct r.tables, ', ' order by r.tables) as tables
    from reason as r
    group by r.login_role, r.role_id, r.why
) as s
inner join pg_catalog.pg_roles as l on l.oid = s.login_role
-- The shortest way to the role, where there are several.
cross join lateral (
    select
        r.role_id,
        r.path
    from reason as r
    where r.login_role = s.login_role and r.role_id = s.role_id and r.why = s.why
    order by cardinality(r.path), r.path
    limit 1
) as w
order by l.rolname, s.why, w.path;
comment on view public.not_isolated is
'Login roles that see, or can give themselves sight of, rows of more than one organisation, and
why: one row for each reason. Ask it before going live: an application role must not be in it';
comment on column public.not_isolated.role_name is 'The login role';
comment on column public.not_isolated.reason is
'superuser; bypassrls; replication (base backups and logical slots ask no policy); files or programs
of the server (a member of a role that may use them); createrole (could make itself a member, before
PostgreSQL 16); owner (of tables without force row level security); owner (could switch it off);
workflow_maintenance (a member); unscoped (named in a policy that the cut-over made for roles that
saw everything before); policy ... (any other that shows more than the organisation of the session);
no row level security (may select from a table that has none)';
comment on column public.not_isolated.through is
'Memberships that lead to the role with that property; null if it is the login role itself';
comment on column public.not_isolated.tables is
'Tables it holds for; null for all of the database';
comment on column public.not_isolated.only_without_organisation is
'Whether it holds only while the session names no organisation in app.current_org_id';

grant select on public.not_isolated to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('access/not_isolated');

commit;
