-- Deploy workflow_consolidation:documents/user_workflow_run_step to pg
--
-- Why:    one document row per step instead of three tables. org_id is repeated from the run: row
--         level security through a subquery on runs costs 16 ms where this costs 0.08 ms.
--         legacy_trace_id is repeated as well: it makes the view workflow_steps a plain one that is
--         automatically updatable, as the columns legacy_... of the run do for workflow_trace.
-- Locks:  none on existing tables.
-- Revert: drops the table.
--
-- step_keys adds the keys that the backfill does not need, once the rows are there: building them
-- afterwards is cheaper than keeping them.

select consolidation.is_deployed('documents/user_workflow_run_step') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table public.user_workflow_run_step (
    step_id uuid not null default gen_random_uuid(),
    run_id uuid not null,
    node_id uuid not null,
    step_number integer not null,
    status text default 'pending',
    retry_count integer default 0,
    started_at timestamptz,
    ended_at timestamptz,
    duration_ms integer,
    input_data jsonb,
    output_data jsonb,
    screenshots jsonb default '[]',
    events jsonb default '[]',
    error_message text,
    error_details jsonb,
    metadata jsonb default '{}',
    org_id uuid not null,
    legacy_step_id bigint not null,
    legacy_trace_id bigint not null,
    constraint user_workflow_run_step_pkey primary key (step_id),
    constraint user_workflow_run_step_legacy_step_id_key unique (legacy_step_id),
    constraint user_workflow_run_step_legacy_trace_id_step_number_key
    unique (legacy_trace_id, step_number)
);

alter table public.user_workflow_run_step set (fillfactor = 90);

-- As for the documents of the run.
do $$
begin
    if exists (
        select from pg_catalog.pg_settings as s
        where s.name = 'default_toast_compression' and 'lz4' = any (s.enumvals)
    ) then
        alter table public.user_workflow_run_step
        alter column input_data set compression lz4,
        alter column output_data set compression lz4,
        alter column screenshots set compression lz4,
        alter column events set compression lz4,
        alter column error_details set compression lz4,
        alter column metadata set compression lz4;
    end if;
end
$$;

comment on table public.user_workflow_run_step is
'One step of a run, with its events and screenshots';
comment on column public.user_workflow_run_step.step_id is
'Key. Carried-over steps: computed from the old step_id';
comment on column public.user_workflow_run_step.run_id is 'Run the step belongs to';
comment on column public.user_workflow_run_step.node_id is 'Node of the workflow that was executed';
comment on column public.user_workflow_run_step.step_number is 'Position within the run';
comment on column public.user_workflow_run_step.status is 'pending, running, completed, failed ...';
comment on column public.user_workflow_run_step.retry_count is
'How often the step was repeated. Null is refused while the old names exist, unless the old table
holds nulls';
comment on column public.user_workflow_run_step.started_at is 'Start of the step';
comment on column public.user_workflow_run_step.ended_at is 'End of the step';
comment on column public.user_workflow_run_step.duration_ms is 'Duration in milliseconds';
comment on column public.user_workflow_run_step.input_data is 'Input of the step';
comment on column public.user_workflow_run_step.output_data is 'Output of the step';
comment on column public.user_workflow_run_step.screenshots is
'Array of {"url", "thumbnail_url", "timestamp", "action", "selector", "element_found",
"confidence"}; elements from the old table also carry "screenshot_id", "org_id", "node_id",
"node_name", "step_index". Was workflow_trace_screenshot';
comment on column public.user_workflow_run_step.events is
'Array of {"type", "timestamp", "data"}; elements from the old table also carry "event_id".
Timestamps are ISO 8601 in UTC. Was workflow_events';
comment on column public.user_workflow_run_step.error_message is 'Why the step failed, for people';
comment on column public.user_workflow_run_step.error_details is
'Why the step failed, for programs. The old names have no place for it';
comment on column public.user_workflow_run_step.metadata is
'Anything else that is known of the step';
comment on column public.user_workflow_run_step.org_id is
'Organisation of the run, by default taken from it; the foreign key allows no other';
comment on column public.user_workflow_run_step.legacy_step_id is
'workflow_steps.step_id; new steps also get one';
comment on column public.user_workflow_run_step.legacy_trace_id is
'workflow_steps.trace_id; by default that of the run';

-- Runs as the caller: a tenant finds only its own runs, so the errors tell it nothing of others.
create function public.fill_step_keys()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    run record;
begin
    -- A row that names no run at all gets the not-null error of the column.
    if new.run_id is null and new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is not null then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    else
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    end if;
    if run.run_id is null or run.legacy_trace_id <> new.legacy_trace_id then
        raise foreign_key_violation using
            message = 'insert or update on table "user_workflow_run_step" violates foreign key '
            'constraint "user_workflow_run_step_run_id_fkey"',
            detail = format(
                'There is no run with run_id %s and legacy_trace_id %s.',
                coalesce(new.run_id::text, '(any)'), coalesce(new.legacy_trace_id::text, '(any)')
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.legacy_trace_id := run.legacy_trace_id;
    new.org_id := coalesce(new.org_id, run.org_id);
    return new;
end;
$$;
comment on function public.fill_step_keys() is
'Trigger: fills the keys that a new step leaves out (run_id from legacy_trace_id or the reverse,
org_id from the run). Raises 23503 when the caller can see no such run';

create trigger fill_step_keys
before insert on public.user_workflow_run_step
for each row
when (
    new.run_id is null
    or new.legacy_trace_id is null
    or new.org_id is null
    -- An isolated role could name the trace of another organisation alongside its own run.
    or row_security_active('public.user_workflow_run_step'::regclass::oid)
)
execute function public.fill_step_keys();

call consolidation.note_deployed('documents/user_workflow_run_step');

commit;
