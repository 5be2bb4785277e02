-- Elements of documents against old rows, byte for byte.

begin;
select plan(50);

-- Hospital North (1…) with a run that has everything, in both worlds; and a second one.
insert into legacy.workflow_trace (
    trace_id, org_id, workflow_id, channel, created_by, external_id, status, action_detail
)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001', 'CLAIM-1', 'active', '{"n": 1.10}'
from generate_series(910001, 910002) as n;
insert into legacy.workflow_steps (
    step_id, trace_id, step_number, node_id, retry_count, status, input_data
)
values
(910101, 910001, 1, '11111111-0000-4000-8000-00000000e001', 0, 'done', '{"n": 1.10}'),
(910102, 910001, 2, '11111111-0000-4000-8000-00000000e002', 0, 'done', null);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910901, 910001, null, 'a', '1.10', '2025-01-14 10:30:00+00'),
(910902, 910001, null, 'b', 'null', '2025-01-14 10:30:01+00'),
(910903, 910001, 910101, 'c', '{"n": 1.10}', '2025-01-14 10:30:02+00');
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    confidence_score, created_at, node_id
)
select
    ('11111111-0000-4000-8000-00000000500' || s.n)::uuid, 910001,
    '11111111-0000-4000-8000-000000000000', 'a', s.step_index, s.url, 'a', 0.50,
    '2025-01-14 10:30:00+00', '11111111-0000-4000-8000-00000000e001'
from (values (1, 1, 'u1'), (2, 1, 'u2'), (3, 9, 'u3')) as s (n, step_index, url);
insert into legacy.workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
values
(910501, 910001, 'k', '1.10', '2025-01-14 10:30:00+00', null),
(910502, 910001, 'l', 'null', '2025-01-14 10:30:00+00', '2025-01-14 10:30:01+00');
insert into legacy.workflow_trace_endpoint values (910001, 7), (910001, 8);
select consolidation.consolidate(array[910001, 910002]);

-- The functions that name the run after a statement, which is undone.
create function pg_temp.found_after(statement text, loose boolean default false)
returns text
language plpgsql
as $$
declare
    found text;
    changed bigint;
begin
    begin
        if loose then
            insert into consolidation.carried_back values (910001);
        end if;
        execute statement;
        get diagnostics changed = row_count;
        if changed = 0 then
            raise exception 'the statement changed nothing: %', statement;
        end if;
        select string_agg(distinct f.name, ' ' order by f.name)
        into found
        from (
            select 'trace' as name, t.id
            from consolidation.unequal_traces(910001, 910002, null) as t (id)
            union all
            select 'step', s.id from consolidation.unequal_steps(910001, 910002, null) as s (id)
            union all
            select 'event', e.id from consolidation.unequal_events(910001, 910002, null) as e (id)
            union all
            select 'screenshot', p.id
            from consolidation.unequal_screenshots(910001, 910002, null) as p (id)
            union all
            select 'context', c.id
            from consolidation.unequal_contexts(910001, 910002, null) as c (id)
            union all
            select 'endpoint', n.id
            from consolidation.unequal_endpoints(910001, 910002, null) as n (id)
        ) as f
        where f.id = 910001;
        raise exception using errcode = 'ZZ999';
    exception
        when sqlstate 'ZZ999' then
            return found;
        when others then
            return format('error %s: %s', sqlstate, sqlerrm);
    end;
end;
$$;

select is(
    pg_temp.found_after('select 1'), null, 'control: what was carried over is equal'
);
select is(
    pg_temp.found_after(d.statement, d.loose), d.found,
    format(
        '%s%s is %s', d.damage, case when d.loose then ', in a run that was carried back,' end,
        coalesce('found by: ' || d.found, 'no difference')
    )
)
from (
    values
    (
        'an event that changed its type',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,type}', '"x"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a number of the same value that is written in another way',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,data}', '1.1')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a JSON null that became nothing',
        'event', false,
        $$ update public.user_workflow_run
        set events = events #- '{1,data}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'a time that is written in another way',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,timestamp}', '"2025-01-14T12:30:00+02:00"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a time that is no time',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,timestamp}', '"noon"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a time that is a microsecond later',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,timestamp}', '"2025-01-14T10:30:00.000001Z"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a time later by a microsecond in the old table',
        'event', false,
        $$ update legacy.workflow_events
        set "timestamp" = "timestamp" + interval '1 microsecond'
        where event_id = 910903 $$
    ),
    (
        'an event with a key more',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,note}', '1')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event that is there twice',
        'event', false,
        $$ update public.user_workflow_run
        set events = events || (events -> 0)
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event that is gone',
        'event', false,
        $$ update public.user_workflow_run set events = events - 0 where legacy_trace_id = 910001 $$
    ),
    (
        'an event that is gone from the old table',
        'event', false,
        $$ delete from legacy.workflow_events where event_id = 910903 $$
    ),
    (
        'another order',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_build_array(events -> 1, events -> 0)
        where legacy_trace_id = 910001 $$
    ),
    (
        'an id that is a text',
        'event', false,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,event_id}', '"910901"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event that stands on another step',
        'event', false,
        $$ update legacy.workflow_events set step_id = 910102 where event_id = 910903 $$
    ),
    (
        'an event that is a text',
        'event', false,
        $$ update public.user_workflow_run
        set events = events || '"a text"'
        where legacy_trace_id = 910001 $$
    ),
    (
        'events that are no array',
        'event trace', false,
        $$ update public.user_workflow_run set events = '5' where legacy_trace_id = 910001 $$
    ),
    (
        'a changed url',
        'screenshot', false,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{0,url}', '"x"')
        where legacy_step_id = 910101 $$
    ),
    (
        'a confidence that is the same number',
        null, false,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{0,confidence}', '0.5')
        where legacy_step_id = 910101 $$
    ),
    (
        'a description that is null',
        'screenshot', false,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{0,action}', 'null')
        where legacy_step_id = 910101 $$
    ),
    (
        'an organisation that is another',
        'screenshot', false,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(
            screenshots, '{0,org_id}', '"22222222-0000-4000-8000-000000000000"'
        )
        where legacy_step_id = 910101 $$
    ),
    (
        'a screenshot on another step',
        'screenshot', false,
        $$ update legacy.workflow_trace_screenshot set step_index = 2 where screenshot_url = 'u1' $$
    ),
    (
        'a step whose number changed below its screenshots',
        'screenshot step', false,
        $$ update legacy.workflow_steps set step_number = 9 where step_id = 910101 $$
    ),
    (
        'two screenshots that changed places',
        'screenshot', false,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_build_array(screenshots -> 1, screenshots -> 0)
        where legacy_step_id = 910101 $$
    ),
    (
        'a screenshot of no step that is gone',
        'screenshot', false,
        $$ update public.user_workflow_run set screenshots = '[]' where legacy_trace_id = 910001 $$
    ),
    (
        'a changed type',
        'event', true,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,type}', '"x"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'another digit',
        'event', true,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,data}', '1.1')
        where legacy_trace_id = 910001 $$
    ),
    (
        'another moment',
        'event', true,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,timestamp}', '"2025-01-14T12:30:00+01:00"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'the same moment in another form',
        null, true,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,timestamp}', '"2025-01-14T12:30:00+02:00"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'a further key',
        null, true,
        $$ update public.user_workflow_run
        set events = jsonb_set(events, '{0,note}', '1')
        where legacy_trace_id = 910001 $$
    ),
    (
        'another order',
        null, true,
        $$ update public.user_workflow_run
        set events = jsonb_build_array(events -> 1, events -> 0)
        where legacy_trace_id = 910001 $$
    ),
    (
        'an element that does not fit',
        null, true,
        $$ update public.user_workflow_run
        set events = events || '"a text"'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an element that was not carried back',
        'event', true,
        $$ update public.user_workflow_run
        set events = events || '{"type": "x", "timestamp": "2025-01-14T10:30:00Z"}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an event that is there twice',
        'event', true,
        $$ update public.user_workflow_run
        set events = events || (events -> 0)
        where legacy_trace_id = 910001 $$
    ),
    (
        'a screenshot that is there twice',
        'screenshot', true,
        $$ update public.user_workflow_run_step
        set screenshots = screenshots || (screenshots -> 0)
        where legacy_step_id = 910101 $$
    ),
    (
        'an old row that is gone',
        'event', true,
        $$ delete from legacy.workflow_events where event_id = 910903 $$
    ),
    (
        'a changed url',
        'screenshot', true,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, '{0,url}', '"x"')
        where legacy_step_id = 910101 $$
    ),
    (
        'screenshots in another order',
        null, true,
        $$ update public.user_workflow_run_step
        set screenshots = jsonb_build_array(screenshots -> 1, screenshots -> 0)
        where legacy_step_id = 910101 $$
    )
) as d (damage, found, loose, statement);

-- By range and by ids -----------------------------------------------------------------------------

update public.user_workflow_run set events = events - 0 where legacy_trace_id = 910001;
select is_empty(
    'select from consolidation.unequal_events(910002, 9223372036854775807, null)',
    'a run outside the range is not looked at'
);
select is_empty(
    'select from consolidation.unequal_events(910001, 910002, array[910002])',
    'nor one that is not among the ids'
);
select isnt_empty(
    'select from consolidation.unequal_events(910001, 910002, array[910001])',
    'control: one that is among them is found'
);

-- is_written_as -----------------------------------------------------------------------------------

select is(
    consolidation.is_written_as(d.document, d.moment), d.expected,
    format('%s %s %s', coalesce(d.document, 'nothing'),
    case when d.expected then 'is how to_iso8601 writes' else 'is not how to_iso8601 writes' end,
        coalesce(d.moment::text, 'no time'))
)
from (
    values
    ('2025-01-14T10:30:00Z', '2025-01-14 10:30:00+00'::timestamptz, true),
    ('2025-01-14T10:30:00.0Z', '2025-01-14 10:30:00+00', false),
    ('2025-01-14T12:30:00+02:00', '2025-01-14 10:30:00+00', false),
    ('noon', '2025-01-14 10:30:00+00', false), (null, '2025-01-14 10:30:00+00', false),
    ('2025-01-14T10:30:00Z', null, false), (null, null, true)
) as d (document, moment, expected);
set local role workflow_app;
select throws_ok(
    'select consolidation.unequal_events(1, 1, null)', '42501', null, 'applications cannot compare'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select
        consolidation.unequal_events(1, 1, null),
        consolidation.unequal_screenshots(1, 1, null)',
    'maintenance can'
);
reset role;

select * from finish();
rollback;
