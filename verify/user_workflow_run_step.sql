-- Verify workflow_consolidation:user_workflow_run_step on pg

begin;

select
    step_id,
    run_id,
    node_id,
    step_number,
    status,
    retry_count,
    started_at,
    ended_at,
    duration_ms,
    input_data,
    output_data,
    screenshots,
    events,
    error_message,
    error_details,
    metadata,
    org_id,
    legacy_step_id,
    legacy_trace_id
from public.user_workflow_run_step
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as keys
from pg_catalog.pg_constraint
where
    conrelid = 'public.user_workflow_run_step'::regclass
    and contype in ('p', 'u')
    and conname in ('user_workflow_run_step_pkey', 'user_workflow_run_step_legacy_step_id_key');

select 1 / (case when count(*) = 7 then 1 else 0 end) as required_columns
from pg_catalog.pg_attribute
where
    attrelid = 'public.user_workflow_run_step'::regclass
    and attnotnull
    and attname in (
        'step_id', 'run_id', 'node_id', 'step_number', 'org_id', 'legacy_step_id',
        'legacy_trace_id'
    );

select 1 / count(*) as keys_are_filled
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run_step'::regclass
    and tgname = 'fill_step_keys'
    and tgfoid = 'public.fill_step_keys()'::regprocedure
    and tgenabled = 'O';

rollback;
