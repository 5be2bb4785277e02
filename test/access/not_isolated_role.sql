-- Roles that see more than one organisation by what they are. test/access/not_isolated.sql has all
-- reasons; here, what is none.

begin;
select plan(5);

create role auditor login;
create role clerk login;
create policy audit on public.user_workflow_run for select to auditor using (true);
create policy clerks on public.user_workflow_run_step for select to clerk
using (status = 'failed' and org_id = (select public.current_org_id()));
create policy everybody on public.user_workflow_config for select
using (org_id = public.current_org_id() and is_active);

prepare reasons as
select r.login_role::regrole::text, r.why, r.tables
from public.not_isolated_role as r
where r.login_role in ('auditor'::regrole, 'clerk'::regrole);
select set_eq(
    'reasons', $$ values ('auditor', 'policy audit', 'user_workflow_run') $$,
    'a policy that shows everything is a reason, one that narrows the organisation is none'
);
create policy not_all on public.user_workflow_run as restrictive for select to auditor
using (org_id = public.current_org_id());
select is_empty('reasons', 'nor is one that another policy narrows');
drop policy not_all on public.user_workflow_run;
create policy not_all on public.user_workflow_run as restrictive for update to auditor
using (org_id = public.current_org_id());
select isnt_empty('reasons', 'if that holds for reading');
set local role workflow_maintenance;
select lives_ok('reasons', 'reports may ask it');
set local role workflow_app;
select throws_ok('reasons', '42501', null, 'applications may not');
reset role;

select * from finish();
rollback;
