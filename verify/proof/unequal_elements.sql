-- Verify workflow_consolidation:proof/unequal_elements on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/unequal_elements are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.is_written_as(text,timestamptz)',
            'consolidation.unequal_events(bigint,bigint,bigint[])',
            'consolidation.unequal_screenshots(bigint,bigint,bigint[])'
        ]
    )
);

rollback;
