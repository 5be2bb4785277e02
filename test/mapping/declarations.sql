-- declarations: columns of runs that the table lacks and that were declared.

begin;
select plan(5);

select is_empty('select from consolidation.derived_column()', 'nothing was declared here');

create table public.owner_of_workflow (workflow_id uuid primary key, org_id uuid, name text);
insert into consolidation.column_source (table_name, column_name, expression)
values (
    'workflow_trace', 'org_id',
    '(select o.org_id from public.owner_of_workflow as o where o.workflow_id = t.workflow_id)'
);
select results_eq(
    $$
    select
        d.column_name::text collate "default",
        d.document_column::text collate "default",
        d.type_name
    from consolidation.derived_column() as d
    $$,
    $$ values ('org_id', 'org_id', 'uuid') $$,
    'a declared column has that of the document'
);
select consolidation.swap_to_tables();
select set_eq(
    'select r.relation, r.column_name from consolidation.read_by_declaration() as r',
    $$
    values
    ('public.owner_of_workflow'::regclass, 'org_id'::name),
    ('public.owner_of_workflow', 'workflow_id'), ('public.workflow_trace', 'workflow_id')
    $$,
    'what the declaration reads is known by column'
);
select matches(
    consolidation.declared_values('new'),
    '^\(select \(\(select o\.org_id from .*\)\)::uuid as org_id from \(select .*'
    'new\.workflow_id as workflow_id\) as t\)$',
    'it is computed from the row of the document, in the columns of the old table'
);
select consolidation.fill_in('public.derive_columns()');
select ok(
    (
        select p.prosrc !~ 'select null' and p.prosrc ~ 'owner_of_workflow'
        from pg_proc as p where p.oid = 'public.derive_columns()'::regprocedure
    ),
    'and stands in the trigger function then'
);

select * from finish();
rollback;
