-- Verify workflow_consolidation:swap/grants on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move privileges',
    consolidation.loose_function(
        array[
            'consolidation.privilege(regclass)',
            'consolidation.copy_grants(regclass,regclass)',
            'consolidation.revoke_grants(regclass)',
            'consolidation.grant_documents(regclass)',
            'consolidation.revoke_everything(regclass)'
        ]
    )
);

rollback;
