-- Verify workflow_consolidation:swap/dependents on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that bind views and functions',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.rebinding()',
                'consolidation.bind(text[])',
                'consolidation.trial(text,text)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

select consolidation.claim(
    'the function on_new_names() exists',
    to_regprocedure('consolidation.on_new_names(text)') is not null
);

select consolidation.claim(
    'on_new_names() puts the new names into the definition of a view',
    consolidation.on_new_names('select from public.workflow_trace') like '% consolidation.%'
);

rollback;
