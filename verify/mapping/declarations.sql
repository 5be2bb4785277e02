-- Verify workflow_consolidation:mapping/declarations on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/declarations are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.derived_column()',
            'consolidation.read_by_declaration()',
            'consolidation.as_old_row(text)',
            'consolidation.declared_values(text)',
            'consolidation.fill_in(regprocedure)',
            'consolidation.refuse_unknown(jsonb)'
        ]
    )
);

rollback;
