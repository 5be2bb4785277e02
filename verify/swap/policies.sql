-- Verify workflow_consolidation:swap/policies on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/policies are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.policy_definition(oid,text)',
                'consolidation.unscoped_role()',
                'consolidation.spare_unscoped_roles(text)',
                'consolidation.isolate_unscoped_roles()',
                'consolidation.isolate_configs()',
                'consolidation.open_configs()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
