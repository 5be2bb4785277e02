-- Row level security of the configurations, and of roles that saw all organisations.

begin;
select plan(18);

create role "FirstRole";
create role second;
create table public.ledger (org_id uuid, amount integer);
create policy "OwnRows" on public.ledger as restrictive for update to "FirstRole", second
using (amount > 0) with check (amount > 1);
create policy everybody on public.ledger for insert with check (true);
select is(
    consolidation.policy_definition(p.oid, 'other'), v.definition,
    format('the policy %s can be written down', p.polname)
)
from (
    values
    (
        'OwnRows',
        'create policy "OwnRows" on other as restrictive for update to "FirstRole", second'
        ' using ((amount > 0)) with check ((amount > 1))'
    ),
    (
        'everybody',
        'create policy everybody on other as permissive for insert to public with check (true)'
    )
) as v (name, definition)
inner join pg_policy as p on p.polname = v.name and p.polrelid = 'public.ledger'::regclass;

-- Who saw everything ------------------------------------------------------------------------------

select is_empty(
    'select from consolidation.unscoped_role()',
    'the roles of this project are isolated, and a superuser needs no policy'
);
grant select (status) on legacy.workflow_trace to "FirstRole";
grant delete on legacy.workflow_events to public;
select set_eq(
    'select u.role_name from consolidation.unscoped_role() as u',
    $$ values ('FirstRole'::name), ('public') $$,
    'a role with any privilege on a table without row level security saw all organisations'
);
alter table legacy.workflow_trace enable row level security;
select set_eq(
    'select u.role_name from consolidation.unscoped_role() as u',
    $$ values ('public'::name) $$,
    'one that row level security restricted did not'
);
alter table legacy.workflow_trace owner to second;
select set_eq(
    'select u.role_name from consolidation.unscoped_role() as u',
    $$ values ('public'::name), ('second') $$,
    'the owner of the table was not restricted'
);
alter table legacy.workflow_trace force row level security;
select set_eq(
    'select u.role_name from consolidation.unscoped_role() as u',
    $$ values ('public'::name) $$,
    'unless it was forced'
);

prepare unscoped as select p.polname from pg_policy as p where p.polname like '%\_unscoped';
select lives_ok(
    'select consolidation.spare_unscoped_roles(null)', 'without such roles there is nothing to do'
);
select is_empty('unscoped', 'and no policy');
select lives_ok(
    'select consolidation.spare_unscoped_roles(''"FirstRole", second'')',
    'such roles can be spared'
);
select results_eq(
    'select p.polrelid::regclass::text from pg_policy as p where p.polname like ''%\_unscoped''
    order by 1',
    $$
    values ('user_workflow_config'), ('user_workflow_run'), ('user_workflow_run_step')
    $$,
    'by a policy on each table that knows organisations'
);
create policy mine_unscoped on public.ledger using (true);
select consolidation.isolate_unscoped_roles();
select results_eq(
    'select p.polname from pg_policy as p where p.polname like ''%\_unscoped''',
    $$ values ('mine_unscoped'::name) $$,
    'they are isolated again, and policies of others stay'
);

-- Configurations ----------------------------------------------------------------------------------

delete from consolidation.cut_over_log;
prepare of_configs as
select p.polname, p.polpermissive
from pg_policy as p
where p.polrelid = 'public.user_workflow_config'::regclass
order by p.polname;
select lives_ok('select consolidation.open_configs()', 'the configurations can be opened');
alter table public.user_workflow_config disable row level security;
create policy "OwnRows" on public.user_workflow_config for select to "FirstRole", second
using (is_active);
create policy not_old on public.user_workflow_config as restrictive for select to second
using (is_active);
select lives_ok('select consolidation.isolate_configs()', 'and isolated');
select results_eq(
    'of_configs',
    $$
    values ('user_workflow_config_maintenance'::name, true),
    ('user_workflow_config_org_isolation', true)
    $$,
    'their own policies would be alternatives, and go'
);
select consolidation.open_configs();
select consolidation.execute_stage('after');
select results_eq(
    'of_configs',
    $$ values ('OwnRows'::name, true), ('not_old', false) $$,
    'and come back'
);
select ok(
    not c.relrowsecurity, 'whether row level security was on comes back, too'
)
from pg_class as c
where c.oid = 'public.user_workflow_config'::regclass;

-- A role that was dropped meanwhile takes a permissive policy along.
select consolidation.isolate_configs();
alter table legacy.workflow_trace owner to current_user;
drop owned by second;
drop role second;
prepare restrictive_is_lost as select consolidation.execute_stage('after');
select throws_ok(
    'restrictive_is_lost', '42704', null, 'a policy that restricts is not skipped'
);

select * from finish();
rollback;
