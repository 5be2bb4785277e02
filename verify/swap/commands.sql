-- Verify workflow_consolidation:swap/commands on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.check_session(interval)',
                'consolidation.validate(text)',
                'consolidation.refuse_unfinished()',
                'consolidation.refuse_differences()',
                'consolidation.cut_over(interval)',
                'consolidation.cut_back(interval)'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
