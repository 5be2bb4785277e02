-- Verify workflow_consolidation:swap/cut_over_log on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    ordinal,
    stage,
    relation,
    statement,
    must_succeed
from consolidation.cut_over_log
where false;

select consolidation.claim(
    'the functions of swap/cut_over_log are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.remember(text,regclass,text,boolean)',
                'consolidation.execute_remembered(bigint)',
                'consolidation.execute_stage(text)'
            ]::regprocedure []
        ) as f (routine)
    )
);

rollback;
