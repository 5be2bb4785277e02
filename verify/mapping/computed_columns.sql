-- Verify workflow_consolidation:mapping/computed_columns on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/computed_columns are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.computed_screenshot(name, text)',
            'consolidation.computed_value(text, name, text, text)'
        ]
    )
);

rollback;
