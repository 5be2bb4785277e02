-- Verify workflow_consolidation:documents/step_functions on pg

begin;

select 1 / (case when count(*) = 4 then 1 else 0 end) as with_the_rights_of_the_caller
from pg_catalog.pg_proc
where
    oid in (
        'public.add_events(uuid,jsonb)'::regprocedure,
        'public.add_event(uuid,text,jsonb,timestamptz)'::regprocedure,
        'public.add_screenshots(uuid,jsonb)'::regprocedure,
        'public.add_screenshot(uuid,text,text,text,text,boolean,numeric,timestamptz)'::regprocedure
    )
    and not prosecdef
    and has_function_privilege('workflow_app', oid, 'execute');

rollback;
