-- Verify workflow_consolidation:old_name/workflow_trace on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    trace_id,
    batch_job_item_id,
    org_id,
    workflow_id,
    channel,
    external_id,
    status,
    action_type,
    action_detail,
    success,
    duration_ms,
    error_detail,
    error_message,
    llm_prompt,
    llm_response,
    llm_model,
    llm_tokens_used,
    tier,
    tier_reason,
    config_snapshot,
    start_time,
    end_time,
    created_at,
    user_id,
    created_by,
    session_id
from workflow_trace
where false;

select 1 / (case when count(*) = 1 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_trace'))
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 3 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attribute
where
    attrelid = consolidation.old_name('workflow_trace')
    and attname in ('status', 'success', 'created_at')
    and atthasdef;

-- 28: insert, update and delete, without a trigger.
select 1 / (case when pg_relation_is_updatable(consolidation.old_name('workflow_trace'), false) = 28 then 1 else 0 end)
    as automatically_updatable;

select 1 / (case when count(*) = 1 then 1 else 0 end) as guarded
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run'::regclass
    and tgname in ('guard_run_identity')
    and tgenabled = 'O';

rollback;
