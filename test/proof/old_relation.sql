-- The old tables in the catalog, and names whatever the search path.

begin;
select plan(8);

select set_eq(
    'select o.oid::regclass from consolidation.old_relation as o',
    $$
    select format('legacy.%I', n.name)::regclass
    from unnest(consolidation.six_tables()) as n (name)
    $$,
    'after the cut-over the old tables are those in legacy'
);
select consolidation.swap_to_tables();
select set_eq(
    'select o.oid::regclass from consolidation.old_relation as o',
    $$
    select format('public.%I', n.name)::regclass
    from unnest(consolidation.six_tables()) as n (name)
    $$,
    'before it those in public'
);
select ok(
    bool_and(o.relkind = 'r' and o.relname::text = any (consolidation.six_tables())),
    'with what the catalog says of them'
)
from consolidation.old_relation as o;

create table public."SomeTable" (a integer);
create function public.some_function(a integer, b uuid)
returns void
language plpgsql
as 'begin end';
do $$
begin
    create rule some_rule as on update to public."SomeTable" do instead nothing;
end
$$;
select is(
    consolidation.qualified_name('"SomeTable"'), 'public."SomeTable"',
    'a relation has its schema, although the caller would not need it'
);
select is(
    consolidation.qualified_routine('some_function(integer, uuid)'),
    'public.some_function(integer,uuid)', 'and so has a function'
);
select is(
    consolidation.description('pg_class'::regclass, '"SomeTable"'::regclass, 1),
    'column a of table public."SomeTable"', 'and a column in words'
);
select matches(
    consolidation.rule_definition(r.oid), 'public."SomeTable"', 'and what a rule is about'
)
from pg_rewrite as r
where r.rulename = 'some_rule';
select ok(
    bool_and(not has_table_privilege('workflow_app', o.oid, 'select')),
    'applications read no old table'
)
from consolidation.old_relation as o;

select * from finish();
rollback;
