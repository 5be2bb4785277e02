-- The declaration: what it says of objects, and which objects it is about.

begin;
select plan(8);

prepare declared_change as
select d.role_name, d.privilege_type from consolidation.declared_privilege as d
where d.name = 'consolidation.change' and d.kind = 'table';
select set_eq(
    'declared_change',
    $$
    values
    ('workflow_maintenance', 'SELECT'), ('workflow_maintenance', 'INSERT'),
    ('workflow_maintenance', 'UPDATE'), ('workflow_maintenance', 'DELETE')
    $$,
    'each letter of a rule is a privilege'
);
select is_empty(
    $$
    select from consolidation.declared_privilege as d
    where d.name ~ '^(consolidation|legacy)$' and d.role_name <> 'workflow_maintenance'
    $$,
    'nobody else uses the schemas of the move'
);
select is_empty(
    $$
    select from consolidation.declared_privilege as d
    where d.kind = 'trigger function'
    $$,
    'the functions of triggers are for nobody'
);
select is(
    (
        select string_agg(distinct d.role_name, ', ' order by d.role_name)
        from consolidation.declared_privilege as d
        where d.name = 'public.user_workflow_run'
    ),
    'workflow_app, workflow_maintenance', 'from the cut-over on applications use the documents'
);

-- The phase in which the old names are tables.
create or replace function consolidation.phase()
returns text
language sql
stable
parallel safe
return 'expand';
select is(
    (
        select string_agg(distinct d.role_name, ', ' order by d.role_name)
        from consolidation.declared_privilege as d
        where d.name = 'public.user_workflow_run'
    ),
    'workflow_maintenance', 'and not before it'
);
select is_empty(
    $$ select from consolidation.privilege_rule as r where r.extent = 'later' $$,
    'rules for later do not hold before it'
);

-- What the application has under such names.
create function public.get_run(integer) returns integer language sql return $1;
create view public.not_isolated_either as select 1 as one;
select is(
    (
        select string_agg(o.target, ' ')
        from consolidation.project_object as o
        where o.name = 'public.get_run'
    ),
    'routine public.get_run(uuid)', 'a function of the application is none of the project'
);
select is_empty(
    $$ select from consolidation.project_object as o where o.name ~ 'either' $$,
    'nor is a view of another name'
);

select * from finish();
rollback;
