-- Verify workflow_consolidation:mapping/endpoint on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the views of mapping/endpoint read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'old_endpoint', 'endpoint_row'
            ]
        ) as v (name)
        -- The contract project drops the views that are bound to the old tables.
        where not (v.name ~ '^old_' and consolidation.phase() = 'contract') and not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'the functions of mapping/endpoint are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.endpoints_of_old_rows(bigint[])'
        ]
    )
);

rollback;
