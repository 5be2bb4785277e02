-- Verify workflow_consolidation:move/back_rows on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/back_rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.take_out(bigint[])',
            'consolidation.put_in_traces(bigint[])',
            'consolidation.put_in_steps(bigint[])',
            'consolidation.put_in_contexts(bigint[])'
        ]
    )
);

rollback;
