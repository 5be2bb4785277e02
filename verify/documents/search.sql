-- Verify workflow_consolidation:documents/search on pg

begin;

-- They see every organisation: what binds them to one is in their text and in these settings.
select 1 / (case when count(*) = 2 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in (
        (
            'public.find_run_ids(jsonb,text,jsonb,jsonb,jsonb,timestamptz,timestamptz,integer,'
            'timestamptz,uuid)'
        )::regprocedure,
        'public.find_step_ids(jsonb,jsonb,text,timestamptz,timestamptz,integer,timestamptz,uuid)'
        ::regprocedure
    )
    and prosecdef
    and provolatile = 's'
    and prorettype = 'uuid'::regtype
    and proowner = 'workflow_maintenance'::regrole
    and proconfig @> array['search_path=pg_catalog, pg_temp', 'row_security=on']
    and prosrc ~ 'organisation constant uuid := public\.current_org_id\(\);'
    and prosrc ~ 'if organisation is null then\s+return;'
    and prosrc ~ 'where\s+[rs]\.org_id = organisation\s+and'
    and not has_function_privilege('public', oid, 'execute')
    and has_function_privilege('workflow_app', oid, 'execute')
    and has_function_privilege('workflow_maintenance', oid, 'execute');

select 1 / (case when count(*) = 2 then 1 else 0 end) as rows_come_with_the_rights_of_the_caller
from pg_catalog.pg_proc
where
    oid in (
        (
            'public.find_runs(jsonb,text,jsonb,jsonb,jsonb,timestamptz,timestamptz,integer,'
            'timestamptz,uuid)'
        )::regprocedure,
        'public.find_steps(jsonb,jsonb,text,timestamptz,timestamptz,integer,timestamptz,uuid)'
        ::regprocedure
    )
    and not prosecdef
    and provolatile = 's'
    and proconfig @> array['search_path=pg_catalog, pg_temp']
    and proretset
    and prorettype in (
        'public.user_workflow_run'::regtype, 'public.user_workflow_run_step'::regtype
    )
    and not has_function_privilege('public', oid, 'execute')
    and has_function_privilege('workflow_app', oid, 'execute')
    and has_function_privilege('workflow_maintenance', oid, 'execute');

rollback;
