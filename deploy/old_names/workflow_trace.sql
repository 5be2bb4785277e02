-- Deploy workflow_consolidation:old_names/workflow_trace to pg
--
-- Why:    the view that takes the name workflow_trace at the cut-over; until then it waits in the
--         schema consolidation, for the comparison. Automatically updatable, so no trigger stands
--         between an old statement and its row: on conflict, returning and concurrent updates are
--         those of a table.
-- Locks:  share row exclusive on user_workflow_run, which nobody uses yet.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_trace') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create view consolidation.workflow_trace
with (security_invoker = true) as
select
    t.trace_id,
    t.batch_job_item_id,
    t.org_id,
    t.workflow_id,
    t.channel,
    t.external_id,
    t.status,
    t.action_type,
    t.action_detail,
    t.success,
    t.duration_ms,
    t.error_detail,
    t.error_message,
    t.llm_prompt,
    t.llm_response,
    t.llm_model,
    t.llm_tokens_used,
    t.tier,
    t.tier_reason,
    t.config_snapshot,
    t.start_time,
    t.end_time,
    t.created_at,
    t.user_id,
    t.created_by,
    t.session_id
from consolidation.trace_row as t;
comment on view consolidation.workflow_trace is
'Old name of user_workflow_run, readable and writable; see "Limits" in the README';
-- For "update … set … = default"; an insert would find those of the table.
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
'Trigger: raises 23503 when a trace_id changes that something belongs to, as the old keys did';

create trigger guard_run_identity
before update of legacy_trace_id on public.user_workflow_run
for each row
when (old.legacy_trace_id is distinct from new.legacy_trace_id)
execute function public.guard_run_identity();

insert into consolidation.deployed_change (change) values ('old_names/workflow_trace');

commit;
