-- Deploy workflow_consolidation:row_level_security to pg
--
-- Why:    a session sees the runs and steps of the organisation it names in app.current_org_id,
--         and none when it names none. The owner is no exception (force); members of
--         workflow_maintenance are. The setting is read once a query (scalar subquery), so that
--         an index on org_id can be used.
-- Locks:  access exclusive on the two new tables, which nobody uses yet.
-- Revert: drops the policies.

begin;

set local lock_timeout = '2s';

create policy user_workflow_run_org_isolation on public.user_workflow_run
for all
using (org_id = (select public.current_org_id()))
with check (org_id = (select public.current_org_id()));
comment on policy user_workflow_run_org_isolation on public.user_workflow_run is
'A session sees and writes the organisation it names in app.current_org_id';

create policy user_workflow_run_maintenance on public.user_workflow_run
for all
to workflow_maintenance
using (true)
with check (true);
comment on policy user_workflow_run_maintenance on public.user_workflow_run is
'Deploys, backfill, comparison and reports work across organisations';

create policy user_workflow_run_step_org_isolation on public.user_workflow_run_step
for all
using (org_id = (select public.current_org_id()))
with check (org_id = (select public.current_org_id()));
comment on policy user_workflow_run_step_org_isolation on public.user_workflow_run_step is
'A session sees and writes the organisation it names in app.current_org_id';

create policy user_workflow_run_step_maintenance on public.user_workflow_run_step
for all
to workflow_maintenance
using (true)
with check (true);
comment on policy user_workflow_run_step_maintenance on public.user_workflow_run_step is
'Deploys, backfill, comparison and reports work across organisations';

alter table public.user_workflow_run enable row level security;
alter table public.user_workflow_run force row level security;
alter table public.user_workflow_run_step enable row level security;
alter table public.user_workflow_run_step force row level security;

-- Applications get their privileges at the cut-over: before it, what they wrote here would be
-- overwritten from the old tables.
grant select, insert, update, delete
on public.user_workflow_run, public.user_workflow_run_step
to workflow_maintenance;

commit;
