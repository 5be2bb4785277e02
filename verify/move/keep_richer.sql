-- Verify workflow_consolidation:move/keep_richer on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/keep_richer are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.keep_richer(consolidation.known_run[],'
            'consolidation.known_step[])'
        ]
    )
);

rollback;
