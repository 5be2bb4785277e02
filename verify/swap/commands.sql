-- Verify workflow_consolidation:swap/commands on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that cut over and back',
    consolidation.loose_function(
        array[
            'consolidation.check_session(interval)',
            'consolidation.validate(text)',
            'consolidation.refuse_set_aside()',
            'consolidation.note_unequal()',
            'consolidation.cut_over(interval)',
            'consolidation.cut_back(interval)'
        ]
    )
);

rollback;
