-- Verify workflow_consolidation:move/refused_rows on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/refused_rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.is_any_refused(bigint[])',
            'consolidation.refused_rows(bigint[])',
            'consolidation.is_only_here(bigint,bigint,integer)',
            'consolidation.note_replaced(bigint[])'
        ]
    )
);

rollback;
