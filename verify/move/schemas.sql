-- Verify workflow_consolidation:move/schemas on pg

begin;

select 1 / (case when n.found = 2 then 1 else 0 end) as schemas_are_closed_to_applications
from (
    select count(*) as found
    from pg_catalog.pg_namespace as n
    where
        n.nspname in ('consolidation', 'legacy')
        and not has_schema_privilege('workflow_app', n.oid, 'create')
        and has_schema_privilege('workflow_maintenance', n.oid, 'usage')
) as n;

select 1 / (case when has_schema_privilege('workflow_app', 'legacy', 'usage') then 0 else 1 end)
    as legacy_is_closed_to_applications;

select
    table_name,
    ordinal,
    statement
from consolidation.dropped_table
where false;

select 1 / (case when consolidation.phase() is null then 0 else 1 end) as phase_is_known;

select 1 / (case when n.found = 1 then 1 else 0 end) as says_what_is_deployed
from (
    select count(*) as found
    from consolidation.deployed_change as d
    where d.change = 'move/schemas'
) as n;

select 1 / (case when n.allowed = 0 then 1 else 0 end) as not_for_applications
from (
    select count(*) as allowed
    from unnest(
        array[
            'consolidation.require_read_committed()', 'consolidation.is_deployed(text)',
            'consolidation.is_reverted(text)', 'consolidation.claim(text,boolean)'
        ]
    ) as f (name)
    where has_function_privilege('workflow_app', f.name, 'execute')
) as n;

do $$
begin
    perform consolidation.claim('this does not hold', false);
    raise exception using errcode = 'ZZ999', message = 'a claim that does not hold raises nothing';
exception when assert_failure then
    null;
end
$$;

select
    'consolidation.old_table(text)'::regprocedure,
    'consolidation.old_name(text)'::regprocedure;

rollback;
