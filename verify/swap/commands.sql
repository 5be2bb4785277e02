-- Verify workflow_consolidation:swap/commands on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/commands are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.check_session(interval)',
                'consolidation.validate(text)',
                'consolidation.refuse_set_aside()',
                'consolidation.note_unequal()',
                'consolidation.cut_over(interval)',
                'consolidation.cut_back(interval)'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
