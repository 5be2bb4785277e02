-- Verify workflow_consolidation:access/isolation on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'each view of access/isolation reads with the rights of the caller',
    array(
        select v.name
        from unnest(array['role_reach', 'isolated_table']) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass('public.' || v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

select consolidation.claim_none(
    'applications cannot read the views of access/isolation',
    array(
        select v.name
        from unnest(array['role_reach', 'isolated_table']) as v (name)
        where
            has_table_privilege('workflow_app', to_regclass('public.' || v.name), 'select')
            is not false
    )
);

select consolidation.claim(
    'sees_all() knows that workflow_maintenance sees all runs and workflow_app does not',
    public.sees_all('workflow_maintenance'::regrole, 'public.user_workflow_run'::regclass)
    and not public.sees_all('workflow_app'::regrole, 'public.user_workflow_run'::regclass)
);

rollback;
