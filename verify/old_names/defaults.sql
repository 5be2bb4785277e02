-- Verify workflow_consolidation:old_names/defaults on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'the view old_default reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.old_default')
    )
);

select consolidation.claim_none(
    'the old names have the defaults of the old tables',
    array(
        select format('%s.%I', d.old_name, d.column_name)
        from consolidation.old_default as d
        where d.wanted is distinct from d.present
    )
);

select consolidation.claim_none(
    'applications cannot execute the function that takes defaults',
    array(
        select f.signature
        from unnest(array['consolidation.take_defaults()']) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
