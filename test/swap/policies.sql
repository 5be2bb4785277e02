-- Row level security of the configurations.

begin;
select plan(8);

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
