-- Verify workflow_consolidation:move/settle_claims on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/settle_claims are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.with_new_ids(jsonb,text,jsonb)',
            'consolidation.give_new_ids(text,bigint,bigint,jsonb)',
            'consolidation.settle_claims(bigint[])'
        ]
    )
);

rollback;
