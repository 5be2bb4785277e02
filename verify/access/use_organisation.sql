-- Verify workflow_consolidation:access/use_organisation on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'use_organisation() runs as the caller, resolves no name through public and is open to all',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('public.use_organisation(uuid)')
            and not p.prosecdef
            and p.proconfig = '{"search_path=pg_catalog, pg_temp"}'
            and has_function_privilege('public', p.oid, 'execute')
    )
);

select consolidation.claim(
    'use_organisation() names the organisation of the transaction',
    public.use_organisation('00000000-0000-4000-8000-000000000001'::uuid)::text = ''
    and public.current_org_id() = '00000000-0000-4000-8000-000000000001'
);

rollback;
