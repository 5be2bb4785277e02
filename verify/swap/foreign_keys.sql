-- Verify workflow_consolidation:swap/foreign_keys on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move foreign keys',
    consolidation.loose_function(
        array[
            'consolidation.moving_side(boolean)',
            'consolidation.moving_key(boolean)',
            'consolidation.foreign_key(boolean)',
            'consolidation.drop_foreign_keys(boolean)',
            'consolidation.make_foreign_keys()'
        ]
    )
);

rollback;
