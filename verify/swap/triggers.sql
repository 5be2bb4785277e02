-- Verify workflow_consolidation:swap/triggers on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the function that lays triggers to rest',
    consolidation.loose_function(
        array[
            'consolidation.rest_triggers()'
        ]
    )
);

rollback;
