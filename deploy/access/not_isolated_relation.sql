-- Deploy workflow_consolidation:access/not_isolated_relation to pg
--
-- Why:    a view, a materialized view or a security definer function shows what its owner sees, and
--         asks no policy of the caller.
-- Locks:  none.
-- Revert: drops the views.
--
-- The views are in public, so that they can be asked after the contract project has dropped the
-- rest.

select consolidation.is_deployed('access/not_isolated_relation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view public.owner_shown
with (security_invoker = true) as
with recursive used (relation, user_id) as (
    -- Relations, and the views that read them directly.
    select distinct
        d.refobjid,
        r.ev_class
    from pg_catalog.pg_rewrite as r
    inner join pg_catalog.pg_depend as d
        on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
),

made_of (relation, isolated) as (
    select
        t.oid,
        t.oid
    from public.isolated_table as t
    union
    select
        u.user_id,
        m.isolated
    from made_of as m
    inner join used as u on u.relation = m.relation
),

-- A security_invoker view uses the rights of the caller, also from inside another view. A
-- materialized view was filled with the rights of its owner.
shown (relation, isolated) as (
    select
        m.relation,
        m.isolated
    from made_of as m
    inner join pg_catalog.pg_class as c on c.oid = m.relation
    where
        c.relkind = 'm'
        or (
            not coalesce(c.reloptions @> '{security_invoker=true}', false)
            and exists (
                select from used as u where u.user_id = m.relation and u.relation = m.isolated
            )
            and public.sees_all(c.relowner, m.isolated)
        )
    union
    select
        u.user_id,
        s.isolated
    from shown as s
    inner join used as u on u.relation = s.relation
    inner join pg_catalog.pg_class as c on c.oid = u.user_id
    where not coalesce(c.reloptions @> '{security_invoker=true}', false)
)

select
    c.oid as object,
    c.relowner as owner,
    coalesce(c.relacl, acldefault('r', c.relowner)) as acl,
    'SELECT' as privilege,
    format(
        '%s %s.%s, as %s', case c.relkind when 'm' then 'materialized view' else 'view' end,
        n.nspname, c.relname, pg_get_userbyid(c.relowner)
    ) as why,
    s.isolated
from shown as s
inner join pg_catalog.pg_class as c on c.oid = s.relation and c.relkind in ('v', 'm')
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
union
-- The catalog lists what a parsed body uses. Any other body is read as text.
select
    p.oid,
    p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner)),
    'EXECUTE',
    format('function %s.%s, as %s', n.nspname, p.proname, pg_get_userbyid(p.proowner)),
    m.isolated
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
cross join made_of as m
inner join pg_catalog.pg_class as c on c.oid = m.relation
where
    p.prosecdef
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and n.nspname <> 'pg_catalog'
    -- These two show only the organisation of the session.
    and not (
        n.nspname = 'public'
        and p.proname in ('find_run_ids', 'find_step_ids')
        and p.proowner = to_regrole('workflow_maintenance')::oid
    )
    and (
        p.prosrc ~ format('\m%s\M', c.relname)
        or exists (
            select from pg_catalog.pg_depend as d
            where
                d.classid = 'pg_proc'::regclass
                and d.objid = p.oid
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = m.relation
        )
    )
    and public.sees_all(p.proowner, m.isolated);
comment on view public.owner_shown is
'Views, materialized views and functions that show rows of isolated tables with the rights of an
owner that sees all of them';

create view public.not_isolated_relation
with (security_invoker = true) as
select distinct
    g.login_role,
    g.role_id,
    g.path,
    o.why,
    t.label as tables
from public.owner_shown as o
cross join lateral aclexplode(o.acl) as x
inner join public.role_reach as g
    on g.role_id = x.grantee or (x.grantee = 0 and g.login_role = g.role_id)
inner join pg_catalog.pg_roles as l on l.oid = g.login_role
inner join public.isolated_table as t on t.oid = o.isolated
where
    x.privilege_type = o.privilege
    and x.grantee <> o.owner
    and not l.rolsuper;
comment on view public.not_isolated_relation is
'Login roles that may use a view, a materialized view or a function that shows rows of more than one
organisation with the rights of its owner; not_isolated reads it';
comment on column public.not_isolated_relation.login_role is 'The login role';
comment on column public.not_isolated_relation.role_id is
'The role that may use it: the login role itself, or one that it can become';
comment on column public.not_isolated_relation.path is
'Memberships that lead from login_role to role_id';
comment on column public.not_isolated_relation.why is 'As not_isolated.reason';
comment on column public.not_isolated_relation.tables is 'As not_isolated.tables, one table a row';
comment on column public.owner_shown.object is 'The relation or function';
comment on column public.owner_shown.owner is 'Its owner';
comment on column public.owner_shown.acl is 'Its privileges';
comment on column public.owner_shown.privilege is 'Privilege that using it takes';
comment on column public.owner_shown.why is 'As not_isolated.reason';
comment on column public.owner_shown.isolated is 'Isolated table whose rows it shows';

call consolidation.note_deployed('access/not_isolated_relation');

commit;
