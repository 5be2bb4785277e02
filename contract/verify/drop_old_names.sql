-- Verify workflow_contract:drop_old_names on pg

begin;

select 1 / (case when count(*) = 0 then 1 else 0 end) as schemas_are_gone
from pg_catalog.pg_namespace
where nspname in ('consolidation', 'legacy');

select 1 / (case when count(*) = 0 then 1 else 0 end) as old_names_are_gone
from pg_catalog.pg_class
where
    relnamespace = 'public'::regnamespace
    and relname in (
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint', 'workflow_configs', 'micro_state'
    );

select 1 / (case when count(*) = 0 then 1 else 0 end) as old_ids_are_gone
from pg_catalog.pg_attribute
where
    attrelid in ('public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass)
    and attname like 'legacy%';

select 1 / count(*) as steps_get_their_organisation
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run_step'::regclass
    and tgname = 'fill_step_keys'
    and tgenabled = 'O';

rollback;
