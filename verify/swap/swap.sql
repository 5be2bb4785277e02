-- Verify workflow_consolidation:swap/swap on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/swap are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.swap_to_views()',
                'consolidation.swap_to_tables()'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
