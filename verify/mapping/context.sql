-- Verify workflow_consolidation:mapping/context on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the views of mapping/context read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'old_context', 'context_row'
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
    'the functions of mapping/context are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.context_of_old_rows(bigint[])'
        ]
    )
);

select consolidation.claim_none(
    'what the old names ask of mapping/context is bound to what it names',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.context_origin(bigint,timestamptz,timestamptz)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where p.oid = to_regprocedure(f.signature) and p.prosqlbody is not null
        )
    )
);

rollback;
