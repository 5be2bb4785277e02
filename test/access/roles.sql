-- The two group roles.

begin;
select plan(11);

select has_role('workflow_app', 'there is a role for applications');
select has_role('workflow_maintenance', 'there is a role for maintenance');
select is(
    (r.rolcanlogin, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication),
    (false, false, false, false, false, false),
    format('%s is a plain group role', r.rolname)
)
from pg_roles as r
where r.rolname in ('workflow_app', 'workflow_maintenance')
order by r.rolname;
select ok(
    not pg_has_role('workflow_app', 'workflow_maintenance', 'member'),
    'applications are not members of maintenance'
);
select ok(
    not pg_has_role('workflow_maintenance', 'workflow_app', 'member'),
    'maintenance is not a member of applications'
);
select is_empty(
    $$
    select from pg_class as c
    inner join pg_roles as r on r.oid = c.relowner
    where r.rolname in ('workflow_app', 'workflow_maintenance')
    $$,
    'neither role owns a table or a view'
);
select ok(
    not has_schema_privilege('workflow_app', s.name, 'create'),
    format('applications create nothing in schema %s', s.name)
)
from unnest(array['consolidation', 'legacy']) as s (name);
select ok(
    has_schema_privilege('workflow_maintenance', s.name, 'usage')
    and not has_schema_privilege('workflow_maintenance', s.name, 'create'),
    format('maintenance uses schema %s, and creates nothing in it', s.name)
)
from unnest(array['consolidation', 'legacy']) as s (name);

select * from finish();
rollback;
