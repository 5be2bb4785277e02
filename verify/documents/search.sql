-- Verify workflow_consolidation:documents/search on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

-- They see every organisation: only their text and these settings bind them to one.
select consolidation.claim_none(
    'find_run_ids() and find_step_ids() search the organisation of the session only',
    array(
        select f.signature
        from unnest(
            array[
                'public.find_run_ids(jsonb,text,jsonb,jsonb,jsonb,timestamptz,timestamptz,'
                'integer,timestamptz,uuid)',
                'public.find_step_ids(jsonb,jsonb,text,timestamptz,timestamptz,integer,'
                'timestamptz,uuid)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and p.prosecdef
                and p.provolatile = 's'
                and p.prorettype = 'uuid'::regtype
                and p.proowner = 'workflow_maintenance'::regrole
                and p.proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']
                and p.prosrc ~ 'organisation constant uuid := public\.current_org_id\(\);'
                and p.prosrc ~ 'if organisation is null then\s+return;'
                and p.prosrc ~ 'where\s+[rs]\.org_id = organisation\s+and'
                and not has_function_privilege('public', p.oid, 'execute')
                and has_function_privilege('workflow_app', p.oid, 'execute')
                and has_function_privilege('workflow_maintenance', p.oid, 'execute')
        )
    )
);

rollback;
