-- Verify workflow_consolidation:move/take_locks on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim(
    'applications cannot execute take_locks()',
    not has_function_privilege(
        'workflow_app',
        to_regprocedure('consolidation.take_locks(regclass[],text,interval,interval)'),
        'execute'
    )
);

rollback;
