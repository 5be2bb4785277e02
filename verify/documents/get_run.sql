-- Verify workflow_consolidation:documents/get_run on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'get_run() reads its rows with the rights of the caller, and writes times in UTC',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('public.get_run(uuid)')
            and not p.prosecdef
            and p.provolatile = 's'
            and p.prorettype = 'json'::regtype
            and p.proconfig @> array['search_path=pg_catalog, pg_temp', 'TimeZone=UTC']
            and not has_function_privilege('public', p.oid, 'execute')
            and has_function_privilege('workflow_app', p.oid, 'execute')
            and has_function_privilege('workflow_maintenance', p.oid, 'execute')
    )
);

rollback;
