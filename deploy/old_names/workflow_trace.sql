-- Deploy workflow_consolidation:old_names/workflow_trace to pg
--
-- Why:    this view takes the name workflow_trace at the cut-over. Until then it waits in the
--         schema consolidation, for the comparison. It is automatically updatable, so no trigger
--         stands between an old statement and its row: on conflict, returning and concurrent
--         updates are those of a table.
-- Locks:  share row exclusive on user_workflow_run, which nobody uses yet.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_trace') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.workflow_trace
with (security_invoker = true) as
select
    r.legacy_trace_id as trace_id,
    r.legacy_batch_job_item_id as batch_job_item_id,
    r.org_id,
    r.workflow_id,
    r.channel,
    r.external_id,
    r.status,
    r.legacy_action_type as action_type,
    r.legacy_action_detail as action_detail,
    r.legacy_success as success,
    r.duration_ms,
    r.error_details as error_detail,
    r.error_message,
    r.llm_prompt,
    r.llm_response,
    r.llm_model,
    r.llm_tokens_used,
    r.tier,
    r.tier_reason,
    r.config_snapshot,
    r.started_at as start_time,
    r.ended_at as end_time,
    r.created_at,
    r.legacy_user_id as user_id,
    r.created_by,
    r.legacy_session_id as session_id
from public.user_workflow_run as r;
comment on view consolidation.workflow_trace is
'Old name of user_workflow_run, readable and writable; limits: docs/old-names.md';
-- For "update ... set ... = default"; an insert would find the defaults of the table.
alter view consolidation.workflow_trace
alter column status set default 'pending';
alter view consolidation.workflow_trace
alter column success set default false;
alter view consolidation.workflow_trace
alter column created_at set default now();

create function public.guard_run_identity()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        exists (select from public.user_workflow_run_step as s where s.run_id = old.run_id)
        or coalesce(old.context, '{}') <> '{}'
        or coalesce(old.endpoints_used, '[]') <> '[]'
        or coalesce(old.events, '[]') <> '[]'
        or coalesce(old.screenshots, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'trace_id %s cannot change: steps, events, screenshots, context or endpoints '
                'belong to it', old.legacy_trace_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_legacy_trace_id_key';
    end if;
    return new;
end;
$$;
comment on function public.guard_run_identity() is
'Trigger: raises 23503, as the old keys did, when a trace_id that something belongs to changes';

create trigger guard_run_identity
before update of legacy_trace_id on public.user_workflow_run
for each row
when (old.legacy_trace_id is distinct from new.legacy_trace_id)
execute function public.guard_run_identity();
-- This also fires for loaders and logical replication, which write with session_replication_role =
-- replica.
alter table public.user_workflow_run enable always trigger guard_run_identity;

call consolidation.note_deployed('old_names/workflow_trace');

commit;
