-- Verify workflow_consolidation:swap/dependents on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/dependents are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.rebinding()',
                'consolidation.bind(text[])',
                'consolidation.trial(text,text)'
            ]::regprocedure []
        ) as f (routine)
    )
);

select consolidation.claim(
    'a view is tried on the new names',
    consolidation.on_new_names('select from public.workflow_trace')
    = 'select from consolidation.workflow_trace'
);

rollback;
