-- Verify workflow_consolidation:access/roles on pg

begin;

select 1 / (case when count(*) = 2 then 1 else 0 end) as both_are_plain_group_roles
from pg_catalog.pg_roles
where
    rolname in ('workflow_app', 'workflow_maintenance')
    and not rolcanlogin
    and not rolsuper
    and not rolbypassrls;

-- Whoever is in workflow_maintenance sees every organisation: workflow_app must not be.
select 1 / (case
    when pg_has_role('workflow_app', 'workflow_maintenance', 'member') then 0
    else 1
end) as applications_are_isolated;

rollback;
