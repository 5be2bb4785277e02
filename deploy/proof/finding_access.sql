-- Deploy workflow_consolidation:proof/finding_access to pg
--
-- Why:    these views find roles that a view or the isolation of the documents would allow more or
--         less than the old tables do, one view for each kind of finding.
-- Locks:  none.
-- Revert: drops the views.

select consolidation.is_deployed('proof/finding_access') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_column_privilege
with (security_invoker = true) as
-- A security_invoker view reads all columns it is made of, whichever are asked for.
select
    'refuse' as severity,
    'column privilege' as kind,
    format(
        'select (%s) on %s to %s', a.attname, o.relname, coalesce(r.rolname, 'public')
    ) as object,
    'the role would need to read every column behind the view, in the documents too' as consequence,
    'Grant select on the whole table, give the role a view of its own, or accept it.' as remedy
from consolidation.old_relation as o
inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0
cross join lateral aclexplode(a.attacl) as x
left join pg_roles as r on r.oid = x.grantee
where x.privilege_type = 'SELECT';
comment on view consolidation.finding_column_privilege is
'Roles that may select some columns of an old table';

create view consolidation.finding_write_only_privilege
with (security_invoker = true) as
select
    'refuse' as severity,
    'write-only privilege' as kind,
    format(
        '%s on %s to %s',
        string_agg(distinct x.privilege_type, ', ' order by x.privilege_type),
        o.relname, coalesce(r.rolname, 'public')
    ) as object,
    'the role could not write through the view without reading the documents' as consequence,
    format(
        'grant select on %s to %s, or accept it: the role is then locked out',
        o.relname, coalesce(quote_ident(r.rolname), 'public')
    ) as remedy
from consolidation.old_relation as o
cross join lateral (
    select
        p.grantee,
        p.privilege_type
    from consolidation.privilege(o.oid) as p
    where p.grantee <> o.relowner
    union all
    -- The rights of pg_write_all_data are in no acl.
    select
        w.oid,
        p.privilege_type
    from pg_roles as w
    cross join unnest(array['INSERT', 'UPDATE', 'DELETE']) as p (privilege_type)
    where
        w.rolname <> 'pg_write_all_data'
        and not w.rolsuper
        and pg_has_role(w.oid, 'pg_write_all_data', 'usage')
) as x
left join pg_roles as r on r.oid = x.grantee
where
    x.privilege_type in ('INSERT', 'UPDATE', 'DELETE')
    -- The insert of a step reads its run.
    and (
        not consolidation.is_plain(consolidation.old_name(o.relname))
        or (o.relname = 'workflow_steps' and x.privilege_type = 'INSERT')
    )
    and case
        when x.grantee = 0 then not exists (
            select from aclexplode(o.relacl) as y
            where y.grantee = 0 and y.privilege_type = 'SELECT'
        )
        else not has_table_privilege(x.grantee, o.oid, 'select')
    end
    and coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
group by o.relname, r.rolname;
comment on view consolidation.finding_write_only_privilege is
'Roles that may insert, update or delete, but not select; also by pg_write_all_data';

create view consolidation.finding_view_privilege
with (security_invoker = true) as
-- A security_invoker view uses the rights of the caller, also from inside another view.
with recursive dependent (relation, old_table) as (
    select
        o.oid,
        o.oid
    from consolidation.old_relation as o
    union
    select
        r.ev_class,
        b.old_table
    from dependent as b
    inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = b.relation
    inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
)

select distinct
    'refuse' as severity,
    'view privilege' as kind,
    format(
        '%s to %s', consolidation.qualified_name(c.oid), coalesce(g.rolname, 'public')
    ) as object,
    format('the role may not read %s itself, which the view would ask for', o.relname)
        as consequence,
    format(
        'grant select on %s to %s, or accept it: the role is then locked out',
        o.relname, coalesce(quote_ident(g.rolname), 'public')
    ) as remedy
from dependent as b
inner join pg_class as c on c.oid = b.relation and c.relkind = 'v'
inner join consolidation.old_relation as o on o.oid = b.old_table
cross join lateral aclexplode(c.relacl) as x
left join pg_roles as g on g.oid = x.grantee
where
    c.relnamespace <> 'consolidation'::regnamespace
    and not coalesce(c.reloptions @> '{security_invoker=true}', false)
    and x.grantee <> c.relowner
    and case
        when x.grantee = 0 then not exists (
            select from aclexplode(o.relacl) as y
            where y.grantee = 0 and y.privilege_type = 'SELECT'
        )
        else not has_table_privilege(x.grantee, o.oid, 'select')
    end;
comment on view consolidation.finding_view_privilege is
'Roles that may use a view on an old table with the rights of the view''s owner, but not the table
itself';

create view consolidation.finding_policy
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'policy' as kind,
    format('%s on %s', p.polname, consolidation.qualified_name(p.polrelid)) as object,
    'reads an old table, and would go on doing so' as consequence,
    format(
        'drop policy %I on %s; create it again after the deploy',
        p.polname, consolidation.qualified_name(p.polrelid)
    ) as remedy
from consolidation.old_relation as o
inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.oid
inner join pg_policy as p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
-- Policies of the old tables themselves move with them.
where p.polrelid not in (select t.oid from consolidation.old_relation as t);
comment on view consolidation.finding_policy is
'Policies of other tables that read an old table';

create view consolidation.finding_row_level_security
with (security_invoker = true) as
select
    'refuse' as severity,
    'row level security' as kind,
    format('%s on %s', p.polname, c.relname) as object,
    'is replaced by isolation per app.current_org_id, which it does not mention' as consequence,
    'Check that nobody sees more afterwards, then accept it.' as remedy
from pg_class as c
inner join pg_policy as p on p.polrelid = c.oid
where
    (
        c.oid in (select o.oid from consolidation.old_relation as o)
        or c.oid = to_regclass('public.workflow_configs')
    )
    and c.relrowsecurity
    -- A role that this policy shows everything goes on seeing it.
    and not (
        consolidation.shows_all(p.oid)
        and not exists (
            select from unnest(p.polroles) as g (role_id)
            left join pg_roles as r on r.oid = g.role_id
            cross join consolidation.document_source() as s
            where
                consolidation.old_table(s.old_table) = c.oid
                and (s.document, coalesce(r.rolname, 'public')) not in (
                    select
                        u.document,
                        u.role_name
                    from consolidation.unscoped_role() as u
                )
        )
    )
    and concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    !~ 'app\.current_org_id|current_org_id\('
union all
select
    'refuse',
    'row level security',
    string_agg(o.relname, ', ' order by o.relname),
    'is enabled here and not on the other old tables: the documents know one rule',
    'Enable it on all six, or on none.'
from consolidation.old_relation as o
where o.relrowsecurity
having count(*) between 1 and 5
union all
select
    'notice',
    'row level security',
    format('role %s', r.rolname),
    'saw all organisations and goes on doing so while it names none in app.current_org_id',
    'To isolate it: ' || string_agg(
        format('alter policy %1$s_unscoped on %1$s to ... (without %2$s)', u.document, u.role_name),
        '; ' order by u.document
    )
from consolidation.unscoped_role() as u
inner join pg_roles as r on r.rolname = u.role_name
group by r.rolname;
comment on view consolidation.finding_row_level_security is
'Row level security of the old tables that the isolation of the documents replaces, and roles that
it did not restrict';

call consolidation.note_deployed('proof/finding_access');

commit;
