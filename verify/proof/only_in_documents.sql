-- Verify workflow_consolidation:proof/only_in_documents on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'only_in_documents() raises an error where a policy hides rows, and is not for applications',
    (
        select
            p.prosrc like '%perform consolidation.see_everything();%'
            and not has_function_privilege('workflow_app', p.oid, 'execute')
        from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure('consolidation.only_in_documents()')
    )
);

rollback;
