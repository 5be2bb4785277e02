-- Deploy workflow_consolidation:proof/finding_sight to pg
--
-- Why:    these views find roles that would see more rows than before, or fewer: the documents show
--         each role the organisation that it names, whatever the policies of the old tables say.
-- Locks:  none.
-- Revert: drops the views.

select consolidation.is_deployed('proof/finding_sight') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_no_policy
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'no policy' as kind,
    format('%s on %s', coalesce(r.rolname, 'public'), o.relname) as object,
    'sees no row now, as no policy is for it; it will see those of the organisation that it names'
        as consequence,
    format(
        'revoke all on %s from %s, or accept it',
        o.relname, coalesce(quote_ident(r.rolname), 'public')
    ) as remedy
from consolidation.old_relation as o
cross join lateral (
    select o.relacl as acl
    union all
    select a.attacl
    from pg_attribute as a
    where a.attrelid = o.oid
) as p
cross join lateral aclexplode(p.acl) as x
inner join pg_class as c on c.oid = o.oid and c.relrowsecurity
left join pg_roles as r on r.oid = x.grantee
where
    x.privilege_type = 'SELECT'
    and not coalesce(r.rolsuper or r.rolbypassrls, false)
    and not consolidation.is_free(x.grantee, o.oid)
    and coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
    and not exists (
        select from pg_policy as l
        cross join unnest(l.polroles) as g (role_id)
        where
            l.polrelid = o.oid
            and l.polpermissive
            and l.polcmd in ('r', '*')
            -- A policy may also be for a member of the role.
            and case
                when g.role_id = 0 or r.oid is null then true
                else
                    pg_has_role(r.oid, g.role_id, 'usage')
                    or pg_has_role(g.role_id, r.oid, 'usage')
            end
    );
comment on view consolidation.finding_no_policy is
'Roles with privileges on an old table whose row level security lets them see no row';

create view consolidation.finding_owner_view
with (security_invoker = true) as
-- A security_invoker view uses the rights of the caller, also from inside another view.
with recursive dependent (relation, old_table) as (
    select
        o.oid,
        o.oid
    from consolidation.old_relation as o
    union
    select
        w.ev_class,
        b.old_table
    from dependent as b
    inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = b.relation
    inner join pg_rewrite as w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
)

select distinct
    'refuse' as severity,
    'view of all rows' as kind,
    format(
        '%s to %s', consolidation.qualified_name(v.oid), coalesce(r.rolname, 'public')
    ) as object,
    format(
        'shows all rows of %s now, with the rights of its owner; then those that the reader may '
        'see',
        o.relname
    ) as consequence,
    'Accept it if nobody relies on that.' as remedy
from dependent as b
inner join consolidation.old_relation as o on o.oid = b.old_table
inner join pg_class as c on c.oid = o.oid and c.relrowsecurity
inner join pg_class as v
    on
        v.oid = b.relation
        and v.relkind = 'v'
        and v.relnamespace <> 'consolidation'::regnamespace
        and not coalesce(v.reloptions @> '{security_invoker=true}', false)
inner join pg_roles as n on n.oid = v.relowner
cross join lateral consolidation.privilege(v.oid) as x
left join pg_roles as r on r.oid = x.grantee
where
    x.privilege_type = 'SELECT'
    and x.grantee <> v.relowner
    and (n.rolsuper or n.rolbypassrls or consolidation.is_free(n.oid, o.oid))
    and not coalesce(r.rolsuper or r.rolbypassrls, false)
    and not consolidation.is_free(x.grantee, o.oid);
comment on view consolidation.finding_owner_view is
'Views that show the rows of an old table past its policies, to roles that these restrict';

call consolidation.note_deployed('proof/finding_sight');

commit;
