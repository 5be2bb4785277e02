-- The org_id that an element of screenshots carries is that of its run.

begin;
select plan(17);

insert into public.user_workflow_run (run_id, workflow_id, org_id, channel, created_by)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001'
);
insert into public.user_workflow_run_step (step_id, run_id, step_number, node_id)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001', 1,
    '11111111-0000-4000-8000-00000000e001'
);

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
prepare on_step (jsonb) as
update public.user_workflow_run_step set screenshots = $1
where run_id = '11111111-0000-4000-8000-00000000a001';
prepare on_run (jsonb) as
update public.user_workflow_run set screenshots = $1
where run_id = '11111111-0000-4000-8000-00000000a001';
prepare new_run (jsonb) as
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, screenshots)
values (
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001', $1
);
prepare new_step (jsonb) as
insert into public.user_workflow_run_step (run_id, step_number, node_id, screenshots)
values (
    '11111111-0000-4000-8000-00000000a001', 2, '11111111-0000-4000-8000-00000000e001', $1
);

select throws_ok(
    format('execute %s (%L)', w.write, s.screenshots), '42501', null,
    format('a tenant cannot name another organisation in screenshots: %s, %s', w.write, s.form)
)
from unnest(array['on_step', 'on_run', 'new_run', 'new_step']) as w (write)
cross join (
    values
    ('text', '[{"url": "a", "org_id": "22222222-0000-4000-8000-000000000000"}]'),
    ('other spelling', '[{}, {"org_id": "{22222222000040008000000000000000}"}]')
) as s (form, screenshots);
select lives_ok(
    format('execute %s (%L)', w.write, '[{"org_id": "11111111-0000-4000-8000-000000000000"}, {}]'),
    format('it may name its own: %s', w.write)
)
from unnest(array['on_step', 'on_run', 'new_run', 'new_step']) as w (write);
select throws_ok(
    $$
    insert into public.workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    )
    select
        r.legacy_trace_id, '22222222-0000-4000-8000-000000000000', 'n', 1, 's3://a', 'a',
        '11111111-0000-4000-8000-00000000e001'
    from public.user_workflow_run as r
    where r.run_id = '11111111-0000-4000-8000-00000000a001'
    $$,
    '42501', null, 'nor by the old name'
);
reset role;

-- What was accepted before the cut-over does not stop a tenant from going on.
set local app.current_org_id = '';
select lives_ok(
    'execute on_step (''[{"org_id": "22222222-0000-4000-8000-000000000000"}]'')',
    'a session without an organisation may write what was there before'
);
set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select lives_ok(
    $$
    select public.add_screenshot(
        '11111111-0000-4000-8000-00000000b001', url => 's3://b', action => 'b'
    )
    $$,
    'and a tenant may append to it'
);
select throws_ok(
    'execute on_run (''[{"org_id": "33333333-0000-4000-8000-000000000000"}]'')',
    '42501', null, 'but write no other one where there was none'
);
select lives_ok('execute on_run (''"no array"'')', 'what is no array names nobody');
reset role;

select * from finish();
rollback;
