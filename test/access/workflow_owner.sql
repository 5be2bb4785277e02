-- Whose a workflow is: of the organisation that had it first, and nobody makes itself its owner.
-- North and South are hospitals, West is a billing firm.

begin;
select plan(31);

select set_eq(
    $$
    select o.workflow_id, o.org_id from public.user_workflow_owner as o
    $$,
    $$
    select distinct on (u.workflow_id) u.workflow_id, u.org_id
    from (
        select t.workflow_id, t.org_id, t.created_at, t.trace_id from legacy.workflow_trace as t
        union all
        select c.workflow_id, c.org_id, c.created_at, null from public.user_workflow_config as c
    ) as u
    where u.workflow_id is not null
    order by u.workflow_id, u.created_at, u.trace_id
    $$,
    'a workflow of the old data belongs to the organisation of its earliest run or configuration'
);

-- South has a workflow with a page state, and one with a configuration and no run.
insert into public.user_workflow_run (run_id, workflow_id, org_id, channel, created_by)
values (
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001'
);
insert into public.user_workflow_config (
    org_id, workflow_id, name, config_type, config_data, created_by
)
values (
    '22222222-0000-4000-8000-000000000000', '22222222-0000-4000-8000-00000000c002', 'a', 'a', '1',
    '22222222-0000-4000-8000-00000000d001'
);
insert into public.user_workflow_cache_state (
    micro_state_id, workflow_id, node_id, dom_snapshot, action_json
)
values
(
    910801, '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-00000000e001', 'one',
    '{}'
),
(
    910802, '22222222-0000-4000-8000-00000000c002', '22222222-0000-4000-8000-00000000e001', 'two',
    '{}'
),
(
    910803, '22222222-0000-4000-8000-00000000c003', '22222222-0000-4000-8000-00000000e001', 'free',
    '{}'
);
create function pg_temp.owner_of(workflow text)
returns text
language sql
stable
as $$ select left(o.org_id::text, 8) from public.user_workflow_owner as o
where o.workflow_id = workflow::uuid $$;
select is(
    pg_temp.owner_of('22222222-0000-4000-8000-00000000c001'), '22222222',
    'a run makes its organisation the owner of a new workflow'
);
select is(
    pg_temp.owner_of('22222222-0000-4000-8000-00000000c002'), '22222222', 'a configuration does'
);
select is(
    pg_temp.owner_of('22222222-0000-4000-8000-00000000c003'), null, 'a page state does not'
);

-- A tenant that names a workflow of another ------------------------------------------------------

prepare states as
select m.micro_state_id::integer from public.micro_state as m
where m.micro_state_id between 910801 and 910803;
prepare run_of_other as
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
values (
    '22222222-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
prepare trace_of_other as
insert into public.workflow_trace (workflow_id, org_id, channel, created_by)
values (
    '22222222-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
prepare config_of_other as
insert into public.user_workflow_config (
    org_id, workflow_id, name, config_type, config_data, created_by
)
values (
    '11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-00000000c001', 'a', 'a', '1',
    '11111111-0000-4000-8000-00000000d001'
);
prepare run_moved_to_other as
update public.user_workflow_run set workflow_id = '22222222-0000-4000-8000-00000000c002';
prepare config_moved_to_other as
update public.workflow_configs set workflow_id = '22222222-0000-4000-8000-00000000c002';

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select is_empty('states', 'a tenant sees no page state of another organisation');
select lives_ok('run_of_other', 'it may name the workflow of another one in a run');
select lives_ok('trace_of_other', 'in a run by the old name');
select lives_ok('config_of_other', 'in a configuration');
select lives_ok('run_moved_to_other', 'in a run that it changes');
select lives_ok('config_moved_to_other', 'and in a configuration that it changes');
select is_empty('states', 'and sees none all the same');
select ok(
    not public.is_own_workflow('22222222-0000-4000-8000-00000000c001'),
    'the workflow is not its own'
);
select throws_ok(
    $$
    insert into public.micro_state (workflow_id, node_id, dom_snapshot, action_json)
    values (
        '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-00000000e001', '', '{}'
    )
    $$,
    '42501', null, 'it cannot write a page state of the workflow'
);
select throws_ok(
    'select from public.user_workflow_owner', '42501', null, 'it cannot read who owns a workflow'
);
prepare take_over as
update public.user_workflow_owner set org_id = '11111111-0000-4000-8000-000000000000';
select throws_ok('take_over', '42501', null, 'and cannot write it');
prepare claim_all as
insert into public.user_workflow_owner (workflow_id, org_id)
values ('22222222-0000-4000-8000-00000000c003', '11111111-0000-4000-8000-000000000000');
select throws_ok('claim_all', '42501', null, 'nor add to it');

set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select set_eq(
    'states', array[910801, 910802], 'the owner sees the page states of its workflows'
);
select lives_ok(
    $$
    insert into public.micro_state (workflow_id, node_id, dom_snapshot, action_json)
    values (
        '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-00000000e001', '', '{}'
    )
    $$,
    'and writes them'
);

-- Deletion frees nothing -------------------------------------------------------------------------

delete from public.user_workflow_run;
delete from public.user_workflow_config;
select set_eq('states', array[910801, 910802], 'the owner of a workflow without runs is its owner');
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select lives_ok('run_of_other', 'after that another one may name it');
select is_empty('states', 'and does not become its owner');
set local app.current_org_id = '';
select is_empty('states', 'without an organisation no page state is seen');
reset role;

-- A first use ------------------------------------------------------------------------------------

insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, created_at)
values
(
    '33333333-0000-4000-8000-00000000c001', '33333333-0000-4000-8000-000000000000', 'web',
    '33333333-0000-4000-8000-00000000d001', '2025-01-15'
),
(
    '33333333-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000', 'web',
    '33333333-0000-4000-8000-00000000d001', '2025-01-14'
);
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c001'), '22222222',
    'of the runs of one statement the earliest decides'
);
update public.user_workflow_run set workflow_id = '33333333-0000-4000-8000-00000000c002'
where org_id = '33333333-0000-4000-8000-000000000000';
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c002'), '33333333',
    'a run that changes to a new workflow makes its organisation the owner'
);
update public.user_workflow_config set workflow_id = '33333333-0000-4000-8000-00000000c003'
where config_id = (select min(c.config_id::text)::uuid from public.user_workflow_config as c);
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c003'),
    (
        select left(c.org_id::text, 8) from public.user_workflow_config as c
        where c.workflow_id = '33333333-0000-4000-8000-00000000c003'
    ),
    'a configuration that changes to a new workflow does'
);
update public.user_workflow_config set workflow_id = null
where workflow_id = '33333333-0000-4000-8000-00000000c003';
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c003') is null, false,
    'a configuration without workflow changes no owner'
);
set local session_replication_role = replica;
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, legacy_trace_id)
values (
    '33333333-0000-4000-8000-00000000c004', '33333333-0000-4000-8000-000000000000', 'web',
    '33333333-0000-4000-8000-00000000d001', 99000001
);
set local session_replication_role = origin;
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c004'), '33333333',
    'a loader that fires no triggers makes it the owner as well'
);

-- Somebody decides -------------------------------------------------------------------------------

set local role workflow_maintenance;
select lives_ok(
    $$
    update public.user_workflow_owner set org_id = '33333333-0000-4000-8000-000000000000'
    where workflow_id = '22222222-0000-4000-8000-00000000c001'
    $$,
    'maintenance gives a workflow to another organisation'
);
reset role;
select consolidation.swap_to_tables();
select consolidation.swap_to_views();
select is(
    pg_temp.owner_of('22222222-0000-4000-8000-00000000c001'), '33333333',
    'and that outlives a revert'
);
set local role workflow_app;
set local app.current_org_id = '33333333-0000-4000-8000-000000000000';
select set_eq('states', array[910801], 'which sees its page states then');
reset role;

-- Configurations have no triggers while they have their old name.
select consolidation.swap_to_tables();
insert into public.workflow_configs (
    org_id, workflow_id, name, config_type, config_data, created_by
)
values (
    '33333333-0000-4000-8000-000000000000', '33333333-0000-4000-8000-00000000c005', 'a', 'a', '1',
    '33333333-0000-4000-8000-00000000d001'
);
select consolidation.swap_to_views();
select is(
    pg_temp.owner_of('33333333-0000-4000-8000-00000000c005'), '33333333',
    'the cut-over notes the owners of configurations written before it'
);

select * from finish();
rollback;
