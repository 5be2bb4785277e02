-- Unique and foreign keys of the steps.

begin;
select plan(19);

select col_is_unique(
    'public', 'user_workflow_run_step', array['run_id', 'step_number']::name [],
    'a step_number belongs to one step of a run'
);
select col_is_unique(
    'public', 'user_workflow_run_step', array['legacy_trace_id', 'step_number']::name [],
    'a step_number belongs to one step of a trace'
);
select col_is_unique(
    'public', 'user_workflow_run', array['org_id', 'run_id']::name [],
    'organisation and run can be referenced together'
);
select fk_ok(
    'public', 'user_workflow_run_step', 'run_id'::name, 'public', 'user_workflow_run',
    'run_id'::name, 'a step belongs to a run'
);
select fk_ok(
    'public', 'user_workflow_run_step', array['org_id', 'run_id']::name [],
    'public', 'user_workflow_run', array['org_id', 'run_id']::name [],
    'a step belongs to the organisation of its run'
);
select is(
    (
        select count(*)::integer from pg_constraint as k
        where
            k.conrelid = 'public.user_workflow_run_step'::regclass
            and k.contype = 'f' and k.convalidated and k.confdeltype = 'c' and not k.condeferrable
    ),
    2,
    'both keys are validated, and delete the steps with the run'
);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values
(
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
),
(
    '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000a002',
    '11111111-0000-4000-8000-00000000e001', 1, 910102
);

prepare same_number as
insert into public.user_workflow_run_step (run_id, node_id, step_number)
values ('11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 1);
select throws_ok('same_number', '23505', null, 'two steps of a run cannot have one step_number');
select lives_ok(
    $$
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values ('11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 2)
    $$,
    'control: another step_number can be inserted'
);
prepare same_step_id as
insert into public.user_workflow_run_step (step_id, run_id, node_id, step_number)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 3
);
select throws_ok('same_step_id', '23505', null, 'two steps cannot have one step_id');
prepare same_run_id as
insert into public.user_workflow_run (run_id, workflow_id, org_id, channel, created_by)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001'
);
select throws_ok(
    'same_run_id', '23505', null, 'two runs cannot have one run_id, whoever owns them'
);
prepare foreign_run as
insert into public.user_workflow_run_step (
    run_id, org_id, legacy_trace_id, node_id, step_number
)
values (
    '22222222-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000', 920001,
    '11111111-0000-4000-8000-00000000e001', 1
);
select throws_ok(
    'foreign_run', '23503', null,
    'a step of one organisation cannot be attached to the run of another'
);
prepare to_foreign_organisation as
update public.user_workflow_run_step set org_id = '22222222-0000-4000-8000-000000000000'
where step_id = '11111111-0000-4000-8000-00000000b001';
select throws_ok(
    'to_foreign_organisation', '23503', null,
    'a step cannot go to another organisation without its run'
);
prepare run_id_with_steps as
update public.user_workflow_run set run_id = '11111111-0000-4000-8000-00000000a009'
where run_id = '11111111-0000-4000-8000-00000000a001';
select throws_ok(
    'run_id_with_steps', '23503', null, 'a run_id that steps belong to cannot change'
);

-- Moving and deleting.
select results_eq(
    $$
    update public.user_workflow_run set org_id = '33333333-0000-4000-8000-000000000000'
    where run_id = '11111111-0000-4000-8000-00000000a002'
    returning org_id
    $$,
    $$ values ('33333333-0000-4000-8000-000000000000'::uuid) $$,
    'a run can go to another organisation'
);
select is(
    (
        select s.org_id from public.user_workflow_run_step as s
        where s.step_id = '11111111-0000-4000-8000-00000000b002'
    ),
    '33333333-0000-4000-8000-000000000000'::uuid,
    'its steps go with it'
);
select results_eq(
    $$
    update public.user_workflow_run_step
    set run_id = '22222222-0000-4000-8000-00000000a001', step_number = 5
    where step_id = '11111111-0000-4000-8000-00000000b002'
    returning org_id, legacy_trace_id
    $$,
    $$ values ('22222222-0000-4000-8000-000000000000'::uuid, 920001::bigint) $$,
    'a step that moves to the run of another organisation belongs to that one'
);
select results_eq(
    $$
    with deleted as (
        delete from public.user_workflow_run
        where run_id = '11111111-0000-4000-8000-00000000a001'
        returning run_id
    )
    select count(*)::integer from deleted
    $$,
    'values (1)',
    'a run that has steps can be deleted'
);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    where s.run_id = '11111111-0000-4000-8000-00000000a001'
    $$,
    'deleting a run deletes its steps'
);
select isnt_empty(
    $$
    select from public.user_workflow_run_step as s
    where s.run_id = '22222222-0000-4000-8000-00000000a001'
    $$,
    'deleting a run deletes no other steps'
);

select * from finish();
rollback;
