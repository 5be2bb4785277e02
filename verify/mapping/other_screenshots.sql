-- Verify workflow_consolidation:mapping/other_screenshots on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/other_screenshots are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.number_screenshots()',
            'consolidation.link_screenshots()'
        ]
    )
);

rollback;
