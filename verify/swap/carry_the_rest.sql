-- Verify workflow_consolidation:swap/carry_the_rest on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that carry the rest',
    consolidation.loose_function(
        array[
            'consolidation.heaviest(bigint[])',
            'consolidation.refuse_too_heavy(bigint[])',
            'consolidation.carry_and_compare(bigint[])',
            'consolidation.carry_the_rest()'
        ]
    )
);

rollback;
