-- Verify workflow_consolidation:access/row_level_security on pg

begin;

select 1 / (case when count(*) = 2 then 1 else 0 end) as enabled_and_forced
from pg_catalog.pg_class
where
    oid in ('public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass)
    and relrowsecurity
    and relforcerowsecurity;

select 1 / (case when count(*) = 2 then 1 else 0 end) as isolation_of_everybody
from pg_catalog.pg_policies
where
    schemaname = 'public'
    and tablename in ('user_workflow_run', 'user_workflow_run_step')
    and policyname = tablename || '_org_isolation'
    and permissive = 'PERMISSIVE'
    and cmd = 'ALL'
    and roles = '{public}'
    and qual = with_check
    and qual ~ '^\(org_id = \( SELECT (public\.)?current_org_id\(\) AS current_org_id\)\)$';

select 1 / (case when count(*) = 2 then 1 else 0 end) as maintenance_sees_all
from pg_catalog.pg_policies
where
    schemaname = 'public'
    and tablename in ('user_workflow_run', 'user_workflow_run_step')
    and policyname = tablename || '_maintenance'
    and cmd = 'ALL'
    and roles = '{workflow_maintenance}'
    and qual = 'true'
    and with_check = 'true';

-- Any other policy would widen what a tenant sees. The one the cut-over adds is for roles that
-- were not isolated before, and opens nothing to a session that names an organisation.
select 1 / (case when count(*) = 0 then 1 else 0 end) as nothing_else
from pg_catalog.pg_policies
where
    schemaname = 'public'
    and tablename in ('user_workflow_run', 'user_workflow_run_step')
    and policyname not in (tablename || '_org_isolation', tablename || '_maintenance')
    and (
        policyname <> tablename || '_unscoped'
        or qual is distinct from with_check
        or qual !~ '^\(\( SELECT (public\.)?current_org_id\(\) AS current_org_id\) IS NULL\)$'
    );

select 1 / (case when count(*) = 0 then 1 else 0 end) as maintenance_may_write
from (
    values ('public.user_workflow_run'), ('public.user_workflow_run_step')
) as t (relation)
cross join unnest(array['select', 'insert', 'update', 'delete']) as p (privilege)
where not has_table_privilege('workflow_maintenance', t.relation, p.privilege);

select 1 / (case
    when has_function_privilege('workflow_app', 'consolidation.see_everything()', 'execute') then 0
    else 1
end) as not_for_applications;

-- Whoever deploys and verifies sees everything.
select consolidation.see_everything();

rollback;
