-- use_organisation: the one way to name the organisation of a transaction.

begin;
select plan(11);

select has_function(
    'public', 'use_organisation', '{uuid}'::name [], 'there is use_organisation()'
);

insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, legacy_trace_id)
values
(
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-000000000000', 910001
),
(
    '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000', 'web',
    '22222222-0000-4000-8000-000000000000', 920001
);
create role hospital_app login;
grant workflow_app to hospital_app;
grant select on public.user_workflow_run to hospital_app;
set local role hospital_app;

select is_empty(
    'select from public.user_workflow_run', 'a tenant that names no organisation sees no run'
);
savepoint nothing_named;
select lives_ok(
    $$select public.use_organisation('11111111-0000-4000-8000-000000000000')$$,
    'a tenant can name its organisation'
);
select is(
    public.current_org_id(), '11111111-0000-4000-8000-000000000000'::uuid,
    'the organisation is that of the session'
);
select results_eq(
    'select legacy_trace_id from public.user_workflow_run where legacy_trace_id > 900000',
    'values (910001::bigint)', 'the tenant sees the runs of its organisation, and no others'
);
select throws_ok(
    'select public.use_organisation(null)', '22004', null, 'no organisation is an error'
);
select is(
    public.current_org_id(), '11111111-0000-4000-8000-000000000000'::uuid,
    'what was refused changes nothing'
);
select throws_ok(
    $$select public.use_organisation('hospital north')$$, '22P02', null,
    'text that is no uuid is an error'
);
select lives_ok(
    $$select public.use_organisation('22222222-0000-4000-8000-000000000000')$$,
    'another organisation can be named'
);
select results_eq(
    'select legacy_trace_id from public.user_workflow_run where legacy_trace_id > 900000',
    'values (920001::bigint)', 'the tenant sees the runs of that one, and no others'
);
-- As the end of the transaction does.
rollback to savepoint nothing_named;
select is(public.current_org_id(), null, 'the setting ends with what it was set in');

select * from finish();
rollback;
