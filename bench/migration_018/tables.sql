-- The two tables as the documentation of Migration 018 gives them, in the first schema of the
-- search_path. Its indexes and policies follow in indexes.sql, after the rows.

create table user_workflow_run (
    run_id uuid primary key default gen_random_uuid(),
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
    updated_at timestamptz
);

create table user_workflow_run_step (
    step_id uuid primary key default gen_random_uuid(),
    run_id uuid not null references user_workflow_run (run_id),
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
    unique (run_id, step_number)
);
