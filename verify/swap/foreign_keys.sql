-- Verify workflow_consolidation:swap/foreign_keys on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/foreign_keys are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.moving_side(boolean)',
                'consolidation.moving_key(boolean)',
                'consolidation.foreign_key(boolean)',
                'consolidation.drop_foreign_keys(boolean)',
                'consolidation.make_foreign_keys()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
