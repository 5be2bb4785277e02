-- Verify workflow_consolidation:swap/triggers on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'applications cannot execute the function that lays triggers to rest',
    consolidation.loose_function(
        array[
            'consolidation.rest_triggers()'
        ]
    )
);

rollback;
