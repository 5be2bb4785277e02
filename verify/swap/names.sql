-- Verify workflow_consolidation:swap/names on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/names are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.owner_of(regclass)',
                'consolidation.retire_table(text)',
                'consolidation.restore_table(text)',
                'consolidation.close_legacy()',
                'consolidation.leave_view(text,regclass)',
                'consolidation.rename_table(text,text)',
                'consolidation.restore_name(text,text)'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
