-- Deploy workflow_consolidation:documents/user_workflow_run to pg
--
-- Why:    one document row per run instead of three tables. The seven columns legacy_... and
--         "legacy" hold what only the old names show, and are dropped with them. The former are
--         plain columns so that the view workflow_trace is automatically updatable: on conflict,
--         returning and concurrent updates behave as on the table.
-- Locks:  none on existing tables.
-- Revert: drops the table. Before that, revert/swap/commands.sql refuses if the table holds what
--         the old tables do not.

select consolidation.is_deployed('documents/user_workflow_run') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table public.user_workflow_run (
    run_id uuid not null default gen_random_uuid(),
    workflow_id uuid not null,
    org_id uuid not null,
    status text not null default 'pending',
    channel text not null,
    external_id varchar(255),
    started_at timestamptz,
    ended_at timestamptz,
    duration_ms integer,
    context jsonb default '{}',
    endpoints_used jsonb default '[]',
    config_snapshot jsonb,
    error_message text,
    error_details jsonb,
    llm_prompt text,
    llm_response text,
    llm_model varchar(100),
    llm_tokens_used integer,
    tier smallint,
    tier_reason text,
    created_at timestamptz not null default now(),
    created_by uuid not null,
    updated_at timestamptz,
    events jsonb default '[]',
    screenshots jsonb default '[]',
    legacy_trace_id bigint not null,
    legacy_batch_job_item_id uuid,
    legacy_action_type text,
    legacy_action_detail jsonb,
    legacy_success boolean default false,
    legacy_user_id uuid,
    legacy_session_id uuid,
    legacy jsonb,
    constraint user_workflow_run_pkey primary key (run_id),
    constraint user_workflow_run_legacy_trace_id_key unique (legacy_trace_id)
);

-- A batch of the backfill rewrites nothing; the functions of new code append. Free room on a page
-- keeps updates of unindexed columns (the status is indexed) on that page.
alter table public.user_workflow_run set (fillfactor = 90);

-- Each append compresses a document anew, and the backfill compresses all of them. lz4 takes a
-- fifth of the time of pglz, and packs documents as well. Not every server is built with it.
do $$
begin
    if exists (
        select from pg_catalog.pg_settings as s
        where s.name = 'default_toast_compression' and 'lz4' = any (s.enumvals)
    ) then
        alter table public.user_workflow_run
        alter column context set compression lz4,
        alter column config_snapshot set compression lz4,
        alter column error_details set compression lz4,
        alter column llm_prompt set compression lz4,
        alter column llm_response set compression lz4,
        alter column events set compression lz4,
        alter column screenshots set compression lz4,
        alter column legacy set compression lz4;
    end if;
end
$$;

comment on table public.user_workflow_run is 'One run of a workflow, with its documents';
comment on column public.user_workflow_run.run_id is
'Key. Carried-over runs: computed from the old trace_id';
comment on column public.user_workflow_run.workflow_id is 'Workflow that was executed';
comment on column public.user_workflow_run.org_id is
'Organisation that owns the run; row level security compares it with app.current_org_id';
comment on column public.user_workflow_run.status is
'pending, running, active, completed, failed ...';
comment on column public.user_workflow_run.channel is 'web, voice or efax';
comment on column public.user_workflow_run.external_id is
'Id in the system that asked for the run; repeats';
comment on column public.user_workflow_run.started_at is 'Start of the run';
comment on column public.user_workflow_run.ended_at is 'End of the run';
comment on column public.user_workflow_run.duration_ms is 'Duration in milliseconds';
comment on column public.user_workflow_run.context is
'Object: key to value. Was workflow_trace_context';
comment on column public.user_workflow_run.endpoints_used is
'Array of endpoint ids, no duplicates. Was workflow_trace_endpoint';
comment on column public.user_workflow_run.config_snapshot is
'All active configurations at the time of the run, as start_run stores them';
comment on column public.user_workflow_run.error_message is 'Why the run failed, for people';
comment on column public.user_workflow_run.error_details is 'Why the run failed, for programs';
comment on column public.user_workflow_run.llm_prompt is 'Prompt given to the language model';
comment on column public.user_workflow_run.llm_response is 'Response of the language model';
comment on column public.user_workflow_run.llm_model is 'Name of the language model';
comment on column public.user_workflow_run.llm_tokens_used is 'Tokens used, prompt and response';
comment on column public.user_workflow_run.tier is 'Tier the run was handled in';
comment on column public.user_workflow_run.tier_reason is 'Why this tier';
comment on column public.user_workflow_run.created_at is 'When the row was created';
comment on column public.user_workflow_run.created_by is 'User who created the run';
comment on column public.user_workflow_run.updated_at is
'When the row was last changed, set by a trigger; null if never';
comment on column public.user_workflow_run.events is
'Array of events that belong to no step, elements as in user_workflow_run_step.events';
comment on column public.user_workflow_run.screenshots is
'Array of screenshots that match no step, elements as in user_workflow_run_step.screenshots';
comment on column public.user_workflow_run.legacy_trace_id is
'workflow_trace.trace_id; new runs also get one';
comment on column public.user_workflow_run.legacy_batch_job_item_id is
'workflow_trace.batch_job_item_id';
comment on column public.user_workflow_run.legacy_action_type is 'workflow_trace.action_type';
comment on column public.user_workflow_run.legacy_action_detail is 'workflow_trace.action_detail';
comment on column public.user_workflow_run.legacy_success is 'workflow_trace.success';
comment on column public.user_workflow_run.legacy_user_id is 'workflow_trace.user_id';
comment on column public.user_workflow_run.legacy_session_id is 'workflow_trace.session_id';
comment on column public.user_workflow_run.legacy is
'{"context": {key: {"context_id", "created_at", "updated_at"}}}: the columns of
workflow_trace_context besides key and value; null if there is no key';

create function public.set_updated_at()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := now();
    return new;
end;
$$;
comment on function public.set_updated_at() is 'Trigger: stamps updated_at of a changed row';

create trigger set_updated_at
before update on public.user_workflow_run
for each row
when (old.* is distinct from new.* and old.updated_at is not distinct from new.updated_at)
execute function public.set_updated_at();

call consolidation.note_deployed('documents/user_workflow_run');

commit;
