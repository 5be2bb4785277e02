-- Verify workflow_consolidation:mapping/further_columns on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/further_columns are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.expect_key(text,name)',
            'consolidation.say(text,name)',
            'consolidation.show_column(regclass,text,name)',
            'consolidation.take_further_columns()'
        ]
    )
);

select consolidation.claim_none(
    'the documents have every column of the old tables that can be carried',
    array(
        select format('%s.%s', m.old_table, m.column_name)
        from consolidation.missed_column() as m
        where consolidation.phase() <> 'contract'
    )
);

select consolidation.claim_none(
    'a further column has the same type in old table, views and document',
    array(
        select format('%s of %s', s.attname, p.shown)
        from consolidation.place_of_further_columns() as p
        inner join pg_catalog.pg_attribute as s on s.attrelid = p.shown
        inner join pg_catalog.pg_attribute as d
            on d.attrelid = p.document and d.attname = concat('legacy_', s.attname)
        where
            -- All other columns called legacy_... have another place in the views.
            col_description(d.attrelid, d.attnum)
            = format('Column %s of %s', s.attname, p.old_table)
            and (s.atttypid, s.atttypmod) is distinct from (d.atttypid, d.atttypmod)
    )
);

rollback;
