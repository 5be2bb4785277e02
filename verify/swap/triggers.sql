-- Verify workflow_consolidation:swap/triggers on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/triggers are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.rest_triggers()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
