-- Verify workflow_consolidation:swap/policies on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move row level security',
    consolidation.loose_function(
        array[
            'consolidation.policy_definition(oid,text)',
            'consolidation.isolate_configs()',
            'consolidation.open_configs()'
        ]
    )
);

rollback;
