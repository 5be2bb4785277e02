-- Verify workflow_consolidation:swap/carry_the_rest on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/carry_the_rest are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.carry_the_rest()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
