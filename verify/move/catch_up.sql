-- Verify workflow_consolidation:move/catch_up on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/catch_up are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.note_everything()',
            'consolidation.queued_traces(bigint,integer)',
            'consolidation.take_queued(bigint[])',
            'consolidation.carry_changes(integer,bigint)',
            'consolidation.catch_up(integer,interval)'
        ]
    )
);

rollback;
