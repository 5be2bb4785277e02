-- Verify workflow_consolidation:move/phase on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table dropped_table has all its columns',
    array(
        select unnest(array['table_name', 'ordinal', 'statement'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.dropped_table') and not a.attisdropped
    )
);

select consolidation.claim(
    'the catalog says in which phase of the move the database is',
    consolidation.phase() is not null
);

select consolidation.claim_none(
    'the functions that find an old table and an old name exist',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.old_table(text)',
                'consolidation.old_name(text)'
            ]
        ) as f (signature)
        where to_regprocedure(f.signature) is null
    )
);

rollback;
