-- Verify workflow_consolidation:swap/free_roles on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that know free roles',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.document_source()',
                'consolidation.shows_all(oid)',
                'consolidation.is_free(oid,regclass)',
                'consolidation.unscoped_role()',
                'consolidation.unscoped_roles()',
                'consolidation.spare_unscoped_roles(jsonb)',
                'consolidation.isolate_unscoped_roles()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
