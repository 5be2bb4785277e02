-- Verify workflow_consolidation:move/shown_rows on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/shown_rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.shown_steps(bigint[])',
            'consolidation.shown_events(bigint[])',
            'consolidation.shown_screenshots(bigint[])'
        ]
    )
);

rollback;
