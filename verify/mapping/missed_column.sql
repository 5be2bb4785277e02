-- Verify workflow_consolidation:mapping/missed_column on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/missed_column are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.missed_column()',
            'consolidation.place_of_further_columns()'
        ]
    )
);

select consolidation.claim_none(
    'every view that is to show further columns is there',
    array(
        select format('%s of %s', p.family, p.old_table)
        from consolidation.place_of_further_columns() as p
        where p.shown is null and consolidation.phase() <> 'contract'
    )
);

rollback;
