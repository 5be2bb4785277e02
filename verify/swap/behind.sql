-- Verify workflow_consolidation:swap/behind on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'the functions of swap/behind are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.view_of_six()',
                'consolidation.relation_behind(regclass)',
                'consolidation.column_behind(regclass)',
                'consolidation.base_column(regclass)',
                'consolidation.is_plain(regclass)',
                'consolidation.needed_behind(regclass)'
            ]::regprocedure []
        ) as f (routine)
    )
);

select consolidation.claim(
    'every column of the two plain views is traced to a column of a document',
    (
        select count(b.base_column) = 39
        from unnest(array['workflow_trace', 'workflow_steps']) as n (name)
        cross join consolidation.base_column(consolidation.old_name(n.name)) as b
    )
);

rollback;
