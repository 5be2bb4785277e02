-- Verify workflow_consolidation:access/workflow_owner on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'row level security is enabled and forced on the owners of workflows',
    exists (
        select from pg_catalog.pg_class as c
        where
            c.oid = to_regclass('public.user_workflow_owner')
            and c.relrowsecurity
            and c.relforcerowsecurity
    )
);

select consolidation.claim_none(
    'applications cannot read or write the owners of workflows',
    array(
        select p.privilege
        from unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as p (privilege)
        where
            has_table_privilege(
                'workflow_app', to_regclass('public.user_workflow_owner'), p.privilege
            ) is not false
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

select consolidation.claim(
    'keep_workflow_owner() runs as workflow_maintenance with fixed settings, and nobody calls it',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('public.keep_workflow_owner()')
            and p.prosecdef
            and p.proowner = 'workflow_maintenance'::regrole
            and p.proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']
            and not has_function_privilege('public', p.oid, 'execute')
            and not has_function_privilege('workflow_app', p.oid, 'execute')
    )
);

select consolidation.claim_none(
    'triggers of the runs note the owner of a workflow, always',
    array(
        select n.name
        from unnest(
            array['keep_workflow_owner_insert', 'keep_workflow_owner_update']
        ) as n (name)
        where not exists (
            select from pg_catalog.pg_trigger as g
            where
                g.tgrelid = to_regclass('public.user_workflow_run')
                and g.tgname = n.name
                and g.tgenabled = 'A'
                and g.tgfoid = to_regprocedure('public.keep_workflow_owner()')
        )
    )
);

select consolidation.claim_none(
    'every workflow of a run has an owner',
    array(
        select r.workflow_id::text
        from public.user_workflow_run as r
        where not exists (
            select from public.user_workflow_owner as o where o.workflow_id = r.workflow_id
        )
    )
);

rollback;
