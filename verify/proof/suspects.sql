-- Verify workflow_consolidation:proof/suspects on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/suspects are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.unequal_traces(bigint,bigint,bigint[])',
            'consolidation.unequal_steps(bigint,bigint,bigint[])',
            'consolidation.unequal_contexts(bigint,bigint,bigint[])',
            'consolidation.unequal_endpoints(bigint,bigint,bigint[])',
            'consolidation.unequal_rows(bigint,bigint,bigint[])',
            'consolidation.suspects(bigint,bigint,bigint[])'
        ]
    )
);

rollback;
