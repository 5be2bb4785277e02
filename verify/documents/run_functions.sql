-- Verify workflow_consolidation:documents/run_functions on pg

begin;

select 1 / (case when count(*) = 7 then 1 else 0 end) as with_the_rights_of_the_caller
from pg_catalog.pg_proc
where
    oid in (
        'public.start_run(uuid,text,uuid,uuid,jsonb,text,text)'::regprocedure,
        'public.add_context(uuid,text,jsonb)'::regprocedure,
        'public.add_context(uuid,jsonb)'::regprocedure,
        'public.get_context(uuid,text,jsonb)'::regprocedure,
        'public.add_endpoints(uuid,jsonb)'::regprocedure,
        'public.add_endpoint(uuid,bigint)'::regprocedure,
        'public.add_endpoint(uuid,text)'::regprocedure
    )
    and not prosecdef
    and has_function_privilege('workflow_app', oid, 'execute');

rollback;
