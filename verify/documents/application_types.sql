-- Verify workflow_consolidation:documents/application_types on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'every plain column of a document has the type of the old column it stands for',
    array(
        select format('%s.%s', c.document, c.document_column)
        from consolidation.plain_column() as c
        -- A column that the old table lacks asks for no type.
        inner join pg_catalog.pg_attribute as o
            on o.attrelid = consolidation.old_table(c.old_table) and o.attname = c.old_column
        left join pg_catalog.pg_attribute as d
            on d.attrelid = to_regclass('public.' || c.document)
            and d.attname = c.document_column
        where
            consolidation.phase() <> 'contract'
            and (o.atttypid, o.atttypmod) is distinct from (d.atttypid, d.atttypmod)
    )
);

select consolidation.claim(
    'the types of eighteen columns follow the application',
    (select count(*) = 18 from consolidation.plain_column())
);

select consolidation.claim_none(
    'the functions of documents/application_types are closed to applications',
    array(
        select f.signature
        from unnest(
            array['consolidation.plain_column()', 'consolidation.give_types(jsonb)']
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
