-- Verify workflow_consolidation:proof/rows on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'the functions of proof/rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.old_rows(bigint[])'
        ]
    )
);

rollback;
