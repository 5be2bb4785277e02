-- Verify workflow_consolidation:user_workflow_run on pg

begin;

select
    run_id,
    workflow_id,
    org_id,
    status,
    channel,
    external_id,
    started_at,
    ended_at,
    duration_ms,
    context,
    endpoints_used,
    config_snapshot,
    error_message,
    error_details,
    llm_prompt,
    llm_response,
    llm_model,
    llm_tokens_used,
    tier,
    tier_reason,
    created_at,
    created_by,
    updated_at,
    events,
    screenshots,
    legacy_trace_id,
    legacy_batch_job_item_id,
    legacy_action_type,
    legacy_action_detail,
    legacy_success,
    legacy_user_id,
    legacy_session_id,
    legacy
from public.user_workflow_run
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as keys
from pg_catalog.pg_constraint
where
    conrelid = 'public.user_workflow_run'::regclass
    and contype in ('p', 'u')
    and conname in ('user_workflow_run_pkey', 'user_workflow_run_legacy_trace_id_key');

select 1 / (case when count(*) = 8 then 1 else 0 end) as required_columns
from pg_catalog.pg_attribute
where attrelid = 'public.user_workflow_run'::regclass and attnum > 0 and attnotnull
    and attname in (
        'run_id', 'workflow_id', 'org_id', 'status', 'channel', 'created_at', 'created_by',
        'legacy_trace_id'
    );

select 1 / count(*) as updated_at_is_kept
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run'::regclass
    and tgname = 'set_updated_at'
    and tgfoid = 'public.set_updated_at()'::regprocedure
    and tgenabled = 'O';

rollback;
