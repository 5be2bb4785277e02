-- Verify workflow_consolidation:swap/grants on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/grants are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.privilege(regclass)',
                'consolidation.copy_grants(regclass,regclass)',
                'consolidation.revoke_grants(regclass)',
                'consolidation.grant_documents(regclass)',
                'consolidation.grant_applications()',
                'consolidation.revoke_applications()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
