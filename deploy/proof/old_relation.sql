-- Deploy workflow_consolidation:proof/old_relation to pg
--
-- Why:    the findings name the objects that depend on the old tables. The view shows these tables
--         once, as the catalog has them. The functions name objects in the same way whatever the
--         search path of the caller.
-- Locks:  none.
-- Revert: drops view and functions.

select consolidation.is_deployed('proof/old_relation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_relation
with (security_invoker = true) as
select
    c.oid,
    c.relname,
    c.relkind,
    c.relowner,
    c.relacl,
    c.relrowsecurity,
    c.reltype
from unnest(consolidation.six_tables()) as n (name)
inner join pg_class as c on c.oid = consolidation.old_table(n.name);
comment on view consolidation.old_relation is
'The rows of the six old tables in pg_class, wherever the phase keeps them';

create function consolidation.qualified_name(relation regclass)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return relation::text;
comment on function consolidation.qualified_name(regclass) is
'The name of a relation with its schema';

create function consolidation.qualified_routine(routine regprocedure)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return routine::text;
comment on function consolidation.qualified_routine(regprocedure) is
'The name of a function with its schema and parameters';

create function consolidation.description(class oid, object oid, part integer)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return pg_describe_object(class, object, part);
comment on function consolidation.description(oid, oid, integer) is
'An object in words, with its schema';

create function consolidation.rule_definition(rule oid)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return pg_get_ruledef(rule);
comment on function consolidation.rule_definition(oid) is
'The statement that creates a rule, or the query of a view, with all schemas';

do $$
declare
    attribute name;
begin
    for attribute in
        select a.attname from pg_attribute as a
        where a.attrelid = 'consolidation.old_relation'::regclass
    loop
        execute format(
            'comment on column consolidation.old_relation.%I is %L', attribute, 'As in pg_class'
        );
    end loop;
end
$$;

call consolidation.note_deployed('proof/old_relation');

commit;
