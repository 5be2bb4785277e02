-- Findings: roles that would see more rows than before, or fewer.

begin;
select plan(11);

select is_empty('select from consolidation.finding_no_policy', 'finding_no_policy: nothing');
select is_empty('select from consolidation.finding_owner_view', 'finding_owner_view: nothing');

select consolidation.swap_to_tables();
create role sight_reader;
create role sight_group;
create role sight_member in role sight_group;
create role sight_bypass bypassrls;
grant select on public.workflow_trace to sight_reader, sight_group, sight_bypass;
grant select (event_type) on public.workflow_events to sight_reader;
create view public.running as
select status from public.workflow_trace;
create view public.running_as_caller with (security_invoker = true) as
select status from public.workflow_trace;
grant select on public.running, public.running_as_caller to sight_reader, sight_bypass;
create view public.running_outside as
select status from public.running;
grant select (status) on public.running_outside to sight_group;
select is_empty(
    $$
    select from consolidation.finding_no_policy union all
    select from consolidation.finding_owner_view
    $$,
    'without row level security on the old table nobody is restricted'
);

alter table public.workflow_trace enable row level security;
alter table public.workflow_events enable row level security;
select set_eq(
    'select f.object from consolidation.finding_no_policy as f',
    $$
    values
    ('sight_reader on workflow_trace'), ('sight_group on workflow_trace'),
    ('sight_reader on workflow_events')
    $$,
    'finding_no_policy: roles that no policy shows a row, also with privileges on columns'
);
create policy of_member on public.workflow_trace
for select
to sight_member
using (org_id = public.current_org_id());
select set_eq(
    'select f.object from consolidation.finding_no_policy as f',
    $$ values ('sight_reader on workflow_trace'), ('sight_reader on workflow_events') $$,
    'a policy for a member is one for the group'
);
create policy of_inserts on public.workflow_trace
for insert
to sight_reader
with check (true);
select isnt_empty(
    $$
    select from consolidation.finding_no_policy as f
    where f.object = 'sight_reader on workflow_trace' and f.severity = 'refuse'
    $$,
    'a policy for inserts shows nothing'
);
select set_eq(
    'select f.object from consolidation.finding_owner_view as f',
    $$ values ('public.running to sight_reader'), ('public.running_outside to sight_group') $$,
    'finding_owner_view: a view of its owner is named, also behind another one, for each reader'
);
create policy of_all on public.workflow_trace
to sight_reader
using (true);
select set_eq(
    'select f.object from consolidation.finding_owner_view as f',
    $$ values ('public.running_outside to sight_group') $$,
    'a role that sees everything loses nothing'
);
grant select on public.running to public;
select isnt_empty(
    $$
    select from consolidation.finding_owner_view as f where f.object = 'public.running to public'
    $$,
    'everybody is a reader as well'
);
grant select on public.workflow_events to public;
select isnt_empty(
    $$
    select from consolidation.finding_no_policy as f where f.object = 'public on workflow_events'
    $$,
    'and may be without a policy'
);
select isnt_empty(
    $$ select from consolidation.preflight as p where p.kind = 'no policy' $$,
    'the preflight has them'
);

select * from finish();
rollback;
