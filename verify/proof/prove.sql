-- Verify workflow_consolidation:proof/prove on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/prove are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.prove(integer,interval,interval,interval)',
            'consolidation.refuse_unequal()',
            'consolidation.is_proved()',
            'consolidation.refuse_missing_capture()',
            'consolidation.ensure_proof()',
            'consolidation.keep_proof()'
        ]
    )
);

rollback;
