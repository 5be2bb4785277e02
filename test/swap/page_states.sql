-- Page states are isolated, and opened again; with row level security of their own they keep it.

begin;
select plan(12);

prepare of_states as
select p.polname, p.polpermissive, p.polroles::regrole[]::text
from pg_policy as p
where p.polrelid = 'public.user_workflow_cache_state'::regclass
order by p.polname;
prepare with_security as
select c.relrowsecurity, c.relforcerowsecurity
from pg_class as c
where c.oid = 'public.user_workflow_cache_state'::regclass;

select results_eq(
    'of_states',
    $$
    values
    ('user_workflow_cache_state_maintenance'::name, true, '{workflow_maintenance}'),
    ('user_workflow_cache_state_org_isolation', true, '{workflow_app}'),
    ('user_workflow_cache_state_others', true, '{-}')
    $$,
    'after the cut-over page states have policies'
);
select results_eq('with_security', 'values (true, true)', 'that hold for their owner as well');
select lives_ok('select consolidation.open_page_states()', 'page states can be opened');
select is_empty('of_states', 'then they have no policy');
select results_eq('with_security', 'values (false, false)', 'and no row level security');
select lives_ok('select consolidation.isolate_page_states()', 'they can be isolated');
select results_eq('with_security', 'values (true, true)', 'and are as they were');
select consolidation.open_page_states();

-- A permissive policy beside another one would open what that one closes.
create policy own_rows on public.user_workflow_cache_state for select to workflow_app
using (not is_retired);
alter table public.user_workflow_cache_state enable row level security;
select consolidation.isolate_page_states();
select results_eq(
    'of_states',
    $$
    values
    ('own_rows'::name, true, '{workflow_app}'),
    ('user_workflow_cache_state_org_isolation', false, '{workflow_app}')
    $$,
    'page states with policies of their own are restricted further'
);
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
values (
    '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000', 'web',
    '22222222-0000-4000-8000-00000000d001'
);
insert into public.user_workflow_cache_state (
    workflow_id, node_id, dom_snapshot, action_json, is_retired
)
select
    w.workflow_id, '22222222-0000-4000-8000-00000000e001', 'planted', '{}', r.is_retired
from (
    values
    ('22222222-0000-4000-8000-00000000c001'::uuid), ('33333333-0000-4000-8000-00000000c001')
) as w (workflow_id)
cross join (values (true), (false)) as r (is_retired);
set local role workflow_app;
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    (
        select count(*)::integer from public.micro_state as m where m.dom_snapshot = 'planted'
    ),
    1, 'a tenant sees what both let it see'
);
reset role;
select consolidation.open_page_states();
select results_eq(
    'of_states', $$ values ('own_rows'::name, true, '{workflow_app}') $$,
    'and their own come through unchanged'
);
select results_eq('with_security', 'values (true, false)', 'row level security stays on');

-- The triggers of the configurations.
select consolidation.leave_configs();
select consolidation.follow_configs();
select set_eq(
    $$
    select g.tgname::text, g.tgenabled::text from pg_trigger as g
    where g.tgrelid = 'public.user_workflow_config'::regclass and g.tgname like 'keep%'
    $$,
    $$ values ('keep_workflow_owner_insert', 'A'), ('keep_workflow_owner_update', 'A') $$,
    'configurations note the owners of workflows, always'
);

select * from finish();
rollback;
