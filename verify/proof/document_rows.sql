-- Verify workflow_consolidation:proof/document_rows on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/document_rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.new_rows_of_runs(bigint[])',
            'consolidation.new_rows_of_elements(bigint[])',
            'consolidation.new_rows(bigint[])'
        ]
    )
);

rollback;
