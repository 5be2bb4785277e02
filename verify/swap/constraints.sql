-- Verify workflow_consolidation:swap/constraints on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions of swap/constraints',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.old_constraint()',
                'consolidation.translated_constraint(text)',
                'consolidation.not_null_column()',
                'consolidation.drop_prepared_constraints()',
                'consolidation.preparation()',
                'consolidation.prepare_constraints()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
