-- Verify workflow_consolidation:move/backfill on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/backfill are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.carry_chunk(bigint)',
            'consolidation.run_batch(text,bigint,interval,consolidation.batch_state)',
            'consolidation.run_batches(text,integer,interval,interval,interval,bigint)',
            'consolidation.backfill(integer,interval,interval,interval)'
        ]
    )
);

rollback;
