-- Verify workflow_consolidation:swap/swap on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions of the swap',
    consolidation.loose_function(
        array[
            'consolidation.swap_to_views()',
            'consolidation.swap_to_tables()'
        ]
    )
);

rollback;
