-- Verify workflow_consolidation:cache_state_isolation on pg

begin;

select 1 / count(*) as states_are_isolated
from pg_catalog.pg_class as c
inner join pg_catalog.pg_policy as p on p.polrelid = c.oid
where
    c.oid = 'public.user_workflow_cache_state'::regclass
    and c.relrowsecurity
    and (c.relforcerowsecurity or not p.polpermissive)
    and p.polname = 'user_workflow_cache_state_org_isolation'
    and p.polcmd = '*'
    and p.polroles = array['workflow_app'::regrole::oid]
    and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
    and pg_get_expr(p.polqual, p.polrelid) ~ '^\(?(public\.)?is_own_workflow\(workflow_id\)';

-- Where the project switched row level security on, these are all the policies there are.
select 1 / (case when count(*) = 0 then 1 else 0 end) as nothing_else_opens_it
from pg_catalog.pg_policies as p
where
    p.schemaname = 'public'
    and p.tablename = 'user_workflow_cache_state'
    and p.permissive = 'PERMISSIVE'
    and exists (
        select from pg_catalog.pg_policies as o
        where
            o.schemaname = 'public'
            and o.policyname = 'user_workflow_cache_state_org_isolation'
            and o.permissive = 'PERMISSIVE'
    )
    and (p.policyname, p.roles, p.qual) not in (
        (
            'user_workflow_cache_state_org_isolation'::name, '{workflow_app}'::name [],
            'is_own_workflow(workflow_id)'
        ),
        (
            'user_workflow_cache_state_org_isolation', '{workflow_app}',
            'public.is_own_workflow(workflow_id)'
        ),
        ('user_workflow_cache_state_maintenance', '{workflow_maintenance}', 'true'),
        (
            'user_workflow_cache_state_others', '{public}',
            '( SELECT (NOT pg_has_role(''workflow_app''::name, ''usage''::text)))'
        )
    );

select 1 / count(*) as definer_function_is_pinned
from pg_catalog.pg_proc
where
    oid = 'public.is_own_workflow(uuid)'::regprocedure
    and prosecdef
    and proowner = 'workflow_maintenance'::regrole
    and proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']
    and not has_function_privilege('public', oid, 'execute')
    and has_function_privilege('workflow_app', oid, 'execute');

rollback;
