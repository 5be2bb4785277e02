-- The indexes and policies that the documentation of Migration 018 promises. It names a policy for
-- runs only; that of the steps is the one their columns allow.

create index idx_run_context_gin on user_workflow_run using gin (context jsonb_path_ops);
create index idx_step_events_gin on user_workflow_run_step using gin (events jsonb_path_ops);
create index idx_run_org on user_workflow_run (org_id);

alter table user_workflow_run enable row level security;
alter table user_workflow_run_step enable row level security;

create policy user_workflow_run_org_isolation on user_workflow_run
using (org_id = current_setting('app.current_org_id')::uuid);

create policy user_workflow_run_step_org_isolation on user_workflow_run_step
using (
    run_id in (
        select r.run_id
        from user_workflow_run as r
        where r.org_id = current_setting('app.current_org_id')::uuid
    )
);

grant select on user_workflow_run, user_workflow_run_step to workflow_app;
