-- Verify workflow_consolidation:old_names/columns on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of old_names/columns are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.columns_of(regclass)',
            'consolidation.forget_column(regclass, name, text)',
            'consolidation.fit_old_name(text)'
        ]
    )
);

select consolidation.claim_none(
    'the old names have the columns of the old tables, in their order',
    array(
        select n.name
        from unnest(consolidation.six_tables()) as n (name)
        where
            consolidation.columns_of(consolidation.old_table(n.name))
            <> consolidation.columns_of(consolidation.old_name(n.name))
            and consolidation.phase() <> 'contract'
    )
);

rollback;
