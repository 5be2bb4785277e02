-- Verify workflow_consolidation:swap/dependents on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that bind views and functions',
    consolidation.loose_function(
        array[
            'consolidation.rebinding()',
            'consolidation.bind(text[])',
            'consolidation.trial(text,text,text)'
        ]
    )
);

select consolidation.claim(
    'the function on_names_of() exists',
    to_regprocedure('consolidation.on_names_of(text,text)') is not null
);

select consolidation.claim(
    'on_names_of() puts other names into the definition of a view',
    consolidation.on_names_of('select from public.workflow_trace', 'consolidation')
    like '% consolidation.%'
);

rollback;
