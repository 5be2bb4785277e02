-- One screenshot of a document: found on the run or on a step, changed, its id taken only once.

begin;
select plan(9);

insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, screenshots
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-000000000000', 910001,
    '[{
        "url": "u", "timestamp": "2025-01-14T10:30:00Z",
        "screenshot_id": "11111111-0000-4000-8000-000000005001"
    }]'
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, screenshots
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000d001', 1, 910101,
    '[{
        "url": "u", "timestamp": "2025-01-14T10:30:00Z",
        "screenshot_id": "11111111-0000-4000-8000-000000005002"
    }]'
);
prepare find_screenshot (uuid) as
select f.on_step, f.place
from consolidation.find_screenshot(910001, $1, '{}') as f;

select results_eq(
    $$execute find_screenshot('11111111-0000-4000-8000-000000005001')$$,
    $$values (null::uuid, 1::bigint)$$, 'a screenshot of the run is found there'
);
select results_eq(
    $$execute find_screenshot('11111111-0000-4000-8000-000000005002')$$,
    $$values ('11111111-0000-4000-8000-00000000b001'::uuid, 1::bigint)$$,
    'a screenshot of a step is found there'
);
select is_empty(
    $$execute find_screenshot('11111111-0000-4000-8000-000000005003')$$,
    'a screenshot that is gone is not found'
);
select throws_ok(
    $$select consolidation.refuse_known_screenshot_id(
        910001, '11111111-0000-4000-8000-000000005002', 'public'
    )$$,
    '23505', null, 'a screenshot_id that the run has is refused'
);

select ok(
    consolidation.append_screenshot(910001, 1, '{"url": "step"}')
    and consolidation.append_screenshot(910001, 7, '{"url": "run"}'),
    'a screenshot is appended to the step of its number, else to the run'
);
select ok(
    not consolidation.append_screenshot(910009, 1, '{"url": "none"}'),
    'a screenshot of no run is not appended'
);
select lives_ok(
    $$select
        consolidation.change_screenshot(910001, null, 1, null),
        consolidation.change_screenshot(
            910001, '11111111-0000-4000-8000-00000000b001', 1, '{"url": "changed"}'
        )$$,
    'screenshots are removed and replaced'
);
select is(
    (select r.screenshots from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[{"url": "run"}]'::jsonb, 'the run says so'
);
select is(
    (select s.screenshots from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    '[{"url": "changed"}, {"url": "step"}]'::jsonb, 'the step says so'
);

select * from finish();
rollback;
