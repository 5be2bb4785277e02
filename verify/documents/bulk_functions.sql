-- Verify workflow_consolidation:documents/bulk_functions on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions that change many events do so with the rights of the caller',
    array(
        select f.signature
        from unnest(
            array[
                'public.is_event_meant(jsonb,timestamptz,jsonb)',
                'public.may_be_older_path(timestamptz)',
                'public.rewrite_events(timestamptz,jsonb,jsonb)',
                'public.remove_events(timestamptz,jsonb)',
                'public.change_events(jsonb,jsonb,timestamptz)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and not p.prosecdef
                and (
                    p.prosqlbody is not null
                    or p.proconfig @> array['search_path=pg_catalog, pg_temp']
                )
                and not has_function_privilege('public', p.oid, 'execute')
                and has_function_privilege('workflow_app', p.oid, 'execute')
                and has_function_privilege('workflow_maintenance', p.oid, 'execute')
        )
    )
);

rollback;
