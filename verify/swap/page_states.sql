-- Verify workflow_consolidation:swap/page_states on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that isolate page states',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.follow_configs()',
                'consolidation.leave_configs()',
                'consolidation.isolate_page_states()',
                'consolidation.open_page_states()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
