-- Deploy workflow_consolidation:access/isolation to pg
--
-- Why:    the parts of isolation, read from the catalog: the tables that have it, the roles that a
--         login role can become, whether a policy asks for the organisation of the session, and
--         whether a role sees all of a table.
-- Locks:  none.
-- Revert: drops views and functions.
--
-- These are in public, so that they can be asked after the contract project has dropped the rest.

select consolidation.is_deployed('access/isolation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view public.isolated_table
with (security_invoker = true) as
-- Row level security protects these tables, and so their rows before, during and after the move.
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
    );
comment on view public.isolated_table is
'Tables that show each organisation only its own rows: the documents, the configurations, and the
tables that hold their rows before and during the move';

create view public.role_reach
with (security_invoker = true) as
with recursive reach (login_role, role_id, path) as (
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
        -- From PostgreSQL 16 on a membership has these two columns, and may give nothing.
        and (
            m.admin_option
            or coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true)
            or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
        )
)

select
    r.login_role,
    r.role_id,
    r.path
from reach as r;
comment on view public.role_reach is
'Roles whose rights a login role has, at once or after "set role" (inherited or not), and the
memberships that lead there';

create function public.asks_organisation(policy oid)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    organisation constant text :=
    '\(org_id = (\( SELECT )?(public\.)?current_org_id\(\)( AS current_org_id\))?\)';
    condition text := (
        select pg_get_expr(p.polqual, p.polrelid) from pg_policy as p where p.oid = policy
    );
    before text := '';
begin
    if condition = 'false' then
        return true;
    end if;
    -- The comparison becomes @. Strings go, and so do brackets that do not hold it. Its own
    -- brackets stay, and the words that join it with other conditions.
    condition := regexp_replace(condition, '''[^'']*''', '', 'g');
    condition := regexp_replace(replace(condition, '@', ''), organisation, '@', 'g');
    while condition <> before loop
        before := condition;
        condition := regexp_replace(condition, '\([^()@]*\)', '', 'g');
    end loop;
    return condition ~ '@'
        and condition !~* '\m(or|not|is|in|case|any|all)\M|[\w"]\(|[^\w\s()@."]';
end;
$$;
comment on function public.asks_organisation(oid) is
'Whether a policy shows only rows of the session''s organisation: it compares org_id with
current_org_id(), and every other condition only narrows it. False when in doubt';

create function public.sees_all(role_id oid, isolated oid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        r.rolsuper
        or r.rolbypassrls
        or not c.relrowsecurity
        or (not c.relforcerowsecurity and pg_has_role(r.oid, c.relowner, 'usage'))
        or coalesce(
            bool_or(p.polpermissive and not public.asks_organisation(p.oid))
            and not bool_or(not p.polpermissive and public.asks_organisation(p.oid)),
            false
        )
    from pg_class as c
    inner join pg_roles as r on r.oid = sees_all.role_id
    left join pg_policy as p
        on p.polrelid = c.oid
        and p.polcmd in ('r', '*')
        and exists (
            select from unnest(p.polroles) as g (role_id)
            where
                case when g.role_id = 0 then true else pg_has_role(r.oid, g.role_id, 'usage') end
        )
    where c.oid = sees_all.isolated
    group by c.oid, r.oid, r.rolsuper, r.rolbypassrls, c.relrowsecurity, c.relforcerowsecurity,
        c.relowner;
end;
comment on function public.sees_all(oid, oid) is
'Whether a role that may read the table sees its rows whatever the organisation of the session';

do $$
declare
    described record;
begin
    for described in
        select *
        from (
            values
            ('isolated_table', 'oid', 'The table'),
            ('isolated_table', 'relowner', 'Its owner'),
            ('isolated_table', 'relrowsecurity', 'Whether row level security is enabled'),
            ('isolated_table', 'relforcerowsecurity', 'Whether its owner is no exception'),
            ('isolated_table', 'label', 'Its name, with a schema other than public'),
            ('role_reach', 'login_role', 'The login role'),
            ('role_reach', 'role_id', 'The role that it can become, itself included'),
            ('role_reach', 'path', 'From one to the other')
        ) as v (view_name, column_name, description)
    loop
        execute format(
            'comment on column public.%I.%I is %L',
            described.view_name, described.column_name, described.description
        );
    end loop;
end
$$;

-- They tell only what the catalog tells every role.

call consolidation.note_deployed('access/isolation');

commit;
