-- Verify workflow_consolidation:move/take_locks on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'applications cannot execute take_locks()',
    not has_function_privilege(
        'workflow_app',
        to_regprocedure('consolidation.take_locks(regclass[],text,interval,interval)'),
        'execute'
    )
);

rollback;
