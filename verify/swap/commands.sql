-- Verify workflow_consolidation:swap/commands on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that cut over and back',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.check_session(interval)',
                'consolidation.validate(text)',
                'consolidation.refuse_set_aside()',
                'consolidation.note_unequal()',
                'consolidation.cut_over(interval)',
                'consolidation.cut_back(interval)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
