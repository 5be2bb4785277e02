-- Verify workflow_consolidation:swap/carry_the_rest on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'applications cannot execute the function that carries the rest',
    consolidation.loose_function(
        array[
            'consolidation.carry_the_rest()'
        ]
    )
);

rollback;
