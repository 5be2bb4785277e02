-- Verify workflow_consolidation:swap/carry_the_rest on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the function that carries the rest',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.carry_the_rest()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
