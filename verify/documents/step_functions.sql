-- Verify workflow_consolidation:documents/step_functions on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications can execute the functions that write steps, with the rights of the caller',
    array(
        select f.signature
        from unnest(
            array[
                'public.add_events(uuid,jsonb)',
                'public.add_event(uuid,text,jsonb,timestamptz)',
                'public.add_screenshots(uuid,jsonb)',
                'public.add_screenshot(uuid,text,text,text,text,boolean,double precision,'
                'timestamptz)'
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
