-- Verify workflow_consolidation:documents/run_functions on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications can execute the functions that write runs, with the rights of the caller',
    array(
        select f.signature
        from unnest(
            array[
                'public.start_run(uuid,text,uuid,uuid,jsonb,text,text)',
                'public.add_context(uuid,text,jsonb)',
                'public.add_context(uuid,jsonb)',
                'public.get_context(uuid,text,jsonb)',
                'public.add_endpoints(uuid,jsonb)',
                'public.add_endpoint(uuid,bigint)',
                'public.add_endpoint(uuid,text)',
                'public.add_endpoint(uuid,uuid)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and not p.prosecdef
                and has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
