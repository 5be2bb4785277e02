-- Verify workflow_consolidation:swap/policies on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move row level security',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.policy_definition(oid,text)',
                'consolidation.unscoped_role()',
                'consolidation.spare_unscoped_roles(text)',
                'consolidation.isolate_unscoped_roles()',
                'consolidation.isolate_configs()',
                'consolidation.open_configs()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
