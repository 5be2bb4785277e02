-- Verify workflow_consolidation:documents/find on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'find_runs(), find_steps() and find_event() read their rows with the rights of the caller',
    array(
        select f.signature
        from unnest(
            array[
                'public.find_runs(jsonb,text,jsonb,jsonb,jsonb,timestamptz,timestamptz,'
                'integer,timestamptz,uuid)',
                'public.find_steps(jsonb,jsonb,text,timestamptz,timestamptz,integer,'
                'timestamptz,uuid)',
                'public.find_event(bigint)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and not p.prosecdef
                and p.provolatile = 's'
                and p.proconfig @> array['search_path=pg_catalog, pg_temp']
                and p.proretset
                and p.prorettype in (
                    to_regtype('public.user_workflow_run'),
                    to_regtype('public.user_workflow_run_step'),
                    'record'::regtype
                )
                and not has_function_privilege('public', p.oid, 'execute')
                and has_function_privilege('workflow_app', p.oid, 'execute')
                and has_function_privilege('workflow_maintenance', p.oid, 'execute')
        )
    )
);

rollback;
