-- Verify workflow_consolidation:mapping/columns_behind on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/columns_behind are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.column_behind(regclass)',
            'consolidation.base_column(regclass)'
        ]
    )
);

rollback;
