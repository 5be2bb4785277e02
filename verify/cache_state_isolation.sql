-- Verify workflow_consolidation:cache_state_isolation on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'row level security shows applications the page states of their own workflows only',
    exists (
        select from pg_catalog.pg_class as c
        inner join pg_catalog.pg_policy as p on p.polrelid = c.oid
        where
            c.oid = to_regclass('public.user_workflow_cache_state')
            and c.relrowsecurity
            and (c.relforcerowsecurity or not p.polpermissive)
            and p.polname = 'user_workflow_cache_state_org_isolation'
            and p.polcmd = '*'
            and p.polroles = array['workflow_app'::regrole::oid]
            and pg_get_expr(p.polqual, p.polrelid) = 'public.is_own_workflow(workflow_id)'
            and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
    )
);

-- Where the project switched row level security on, it knows every policy.
select consolidation.claim_none(
    'no other policy shows page states to applications',
    array(
        select p.policyname::text
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
                    'public.is_own_workflow(workflow_id)'
                ),
                ('user_workflow_cache_state_maintenance', '{workflow_maintenance}', 'true'),
                (
                    'user_workflow_cache_state_others', '{public}',
                    '( SELECT (NOT pg_has_role(''workflow_app''::name, ''usage''::text)))'
                )
            )
    )
);

select consolidation.claim(
    'is_own_workflow() runs as workflow_maintenance with fixed settings, for applications only',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('public.is_own_workflow(uuid)')
            and p.prosecdef
            and p.proowner = 'workflow_maintenance'::regrole
            and p.proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']
            and not has_function_privilege('public', p.oid, 'execute')
            and has_function_privilege('workflow_app', p.oid, 'execute')
    )
);

rollback;
