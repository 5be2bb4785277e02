-- only_in_documents: what the documents hold and the old tables cannot.

begin;
select plan(21);

select is_empty(
    'select from consolidation.only_in_documents()',
    'what was carried over fits into the tables it came from'
);

-- Hospital North (1…).
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, endpoints_used,
    events,
    screenshots
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '{"user_session": "abc123"}', '[7]',
    '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": 1}]',
    '[{
        "url": "a", "timestamp": "2025-01-14T10:30:00Z", "step_index": 9,
        "node_id": "11111111-0000-4000-8000-00000000e009", "confidence": 0.95
    }]'
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, events, screenshots
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101,
    '[{"type": "a", "timestamp": "2025-01-14T10:30:00Z", "data": null}]',
    '[{"url": "a", "timestamp": "2025-01-14T10:30:00Z", "confidence": 1}]'
);
select is_empty(
    'select from consolidation.only_in_documents()',
    'what add_event, add_screenshot and the like write fits, too'
);

create function pg_temp.found_after(statement text)
returns integer
language plpgsql
as $$
declare
    found integer;
begin
    begin
        execute statement;
        select count(*) into found from consolidation.only_in_documents();
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return found;
    end;
end;
$$;
select is(
    pg_temp.found_after(
        format('update public.%s where %s', d.assignment, case
            when d.assignment ~ '^user_workflow_run_step' then 'legacy_step_id = 910101'
            else 'legacy_trace_id = 910001'
        end)
    ),
    1,
    format('%s is found', d.what)
)
from (
    values
    ('error_details of a step', 'user_workflow_run_step set error_details = ''{}'''),
    (
        'a further key of an event of a step',
        'user_workflow_run_step set events = jsonb_set(events, ''{0,severity}'', ''3'')'
    ),
    (
        'a further key of an event of a run',
        'user_workflow_run set events = jsonb_set(events, ''{0,severity}'', ''3'')'
    ),
    (
        'an event without a timestamp',
        'user_workflow_run_step set events = events || ''[{"type": "a"}]'''
    ),
    ('an event that is a text', 'user_workflow_run_step set events = events || ''["a"]'''),
    (
        'a further key of a screenshot',
        'user_workflow_run_step set screenshots = jsonb_set(screenshots, ''{0,camera}'', ''3'')'
    ),
    (
        'a confidence of more than two decimals',
        'user_workflow_run_step
        set screenshots = jsonb_set(screenshots, ''{0,confidence}'', ''0.955'')'
    ),
    (
        'a screenshot of no step that names none',
        'user_workflow_run set screenshots = screenshots #- ''{0,step_index}'''
    ),
    ('a screenshot that is a number', 'user_workflow_run set screenshots = screenshots || ''[5]'''),
    (
        'a context key of 256 characters',
        'user_workflow_run set context = jsonb_build_object(repeat(''k'', 256), 1)'
    ),
    (
        'an endpoint that is a text',
        'user_workflow_run set endpoints_used = endpoints_used || ''["orders"]'''
    ),
    ('an endpoint that is a fraction', 'user_workflow_run set endpoints_used = ''[1.5]'''),
    ('a context that is no object', 'user_workflow_run set context = ''[]'''),
    ('events that are no array', 'user_workflow_run set events = ''{}'''),
    ('screenshots that are no array', 'user_workflow_run_step set screenshots = ''"a"'''),
    ('endpoints that are no array', 'user_workflow_run set endpoints_used = ''5''')
) as d (what, assignment);
select is_empty(
    'select from consolidation.only_in_documents()', 'control: each was undone'
);

set local role workflow_app;
select throws_ok(
    'select from consolidation.only_in_documents()', '42501', null, 'applications cannot ask'
);
reset role;
set local role workflow_maintenance;
select lives_ok('select from consolidation.only_in_documents()', 'maintenance can ask');
reset role;

select * from finish();
rollback;
