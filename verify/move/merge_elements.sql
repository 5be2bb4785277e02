-- Verify workflow_consolidation:move/merge_elements on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/merge_elements are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.known_elements(consolidation.known_run[],'
            'consolidation.known_step[])',
            'consolidation.merge_elements(jsonb,jsonb,jsonb,text,uuid,jsonb)'
        ]
    )
);

rollback;
