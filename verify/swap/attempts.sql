-- Verify workflow_consolidation:swap/attempts on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/attempts are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.swap_locks()',
                'consolidation.try_to_swap(text,integer)',
                'consolidation.empty_queue(integer,timestamptz)',
                'consolidation.swap(text,interval)'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
