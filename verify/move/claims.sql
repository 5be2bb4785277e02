-- Verify workflow_consolidation:move/claims on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/claims are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.claims_of(bigint[])',
            'consolidation.judged_claim(bigint[])',
            'consolidation.free_id(text,text[])'
        ]
    )
);

rollback;
