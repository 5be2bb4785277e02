-- Verify workflow_consolidation:swap/hand_over_constraints on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions of swap/hand_over_constraints',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.hand_over_names()',
                'consolidation.hand_over_not_null()',
                'consolidation.other_default()',
                'consolidation.hand_over_defaults()',
                'consolidation.hand_over_constraints()',
                'consolidation.hand_back_constraints()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
