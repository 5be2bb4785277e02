-- Verify workflow_consolidation:swap/grants on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move privileges',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.privilege(regclass)',
                'consolidation.copy_grants(regclass,regclass)',
                'consolidation.revoke_grants(regclass)',
                'consolidation.grant_documents(regclass)',
                'consolidation.grant_applications()',
                'consolidation.revoke_applications()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
