-- carry_back: documents to old rows, for given runs.

begin;
select plan(68);

-- Hospital North (1…): runs that exist in the documents only, written by new and old code.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, endpoints_used,
    status,
    error_details
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '{"user_session": "abc123"}', '[7, "orders", 1.5]', 'failed', '{"code": 17}'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002,
    '[]', null, 'pending', null
);
update public.user_workflow_run
set screenshots = '[
    {
        "url": "https://example.org/8.png", "timestamp": "2025-01-14T10:30:00Z",
        "node_id": "11111111-0000-4000-8000-00000000e008"
    },
    {"url": "https://example.org/9.png", "timestamp": "noon", "step_index": 9}
]'
where legacy_trace_id = 910002;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, error_details, events, screenshots
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101, '{"code": 18}',
    '[
        {
            "type": "clicked", "timestamp": "2025-01-14T12:30:00+02:00", "data": {"x": 1},
            "severity": 3
        },
        {"type": "typed", "timestamp": "2025-01-14T10:30:01Z", "data": null, "event_id": 910901},
        {"type": "slept", "timestamp": "noon"},
        "a text"
    ]',
    '[
        {"url": "https://example.org/1.png", "timestamp": "2025-01-14T10:30:00Z",
        "confidence": 0.959},
        {"action": "no url"}
    ]'
);
insert into public.workflow_events (event_id, trace_id, event_type, event_data)
values (910902, 910001, 'workflow_started', '{}');
insert into public.workflow_trace_context (context_id, trace_id, key, value)
values (910501, 910001, 'old', 'null');

create temporary table documents_before as
select r.legacy_trace_id as id, to_jsonb(r) - 'updated_at' as document
from public.user_workflow_run as r
where r.legacy_trace_id in (910001, 910002)
union all
select s.legacy_step_id, to_jsonb(s)
from public.user_workflow_run_step as s
where s.legacy_trace_id in (910001, 910002);
create temporary table old_rows_before as
select t.trace_id, t::text as image from legacy.workflow_trace as t
union all
select e.trace_id, e::text from legacy.workflow_events as e;

select is_empty(
    'select from legacy.workflow_trace as t where t.trace_id in (910001, 910002)',
    'control: the old tables do not follow by themselves'
);
select lives_ok(
    'select consolidation.carry_back(array[910001, 910002])', 'runs can be carried back'
);
select bag_eq(
    format('select v.* from public.%I as v where v.trace_id in (910001, 910002)', n.name),
    format('select o.* from legacy.%I as o where o.trace_id in (910001, 910002)', n.name),
    format('the old table %s holds what the old name shows', n.name)
)
from unnest(array['workflow_trace', 'workflow_steps']) as n (name);
select results_eq(
    $$
    select e.event_id < 0, e.step_id, e.event_type::text, e.event_data, e."timestamp"
    from legacy.workflow_events as e
    where e.trace_id = 910001 and e.event_id is distinct from 910902
    order by e."timestamp"
    $$,
    $$
    values
    (true, 910101::bigint, 'clicked', '{"x": 1}'::jsonb, '2025-01-14 10:30:00+00'::timestamptz),
    (false, 910101, 'typed', 'null', '2025-01-14 10:30:01+00')
    $$,
    'events that the old table can hold are in it'
);
select results_eq(
    $$
    select s.step_index, s.screenshot_url, s.action_description, s.confidence_score, s.node_id
    from legacy.workflow_trace_screenshot as s
    where s.trace_id = 910001
    $$,
    $$
    values (
        1, 'https://example.org/1.png', '', 0.96::numeric(3, 2),
        '11111111-0000-4000-8000-00000000e001'::uuid
    )
    $$,
    'screenshots that the old table can hold are in it'
);
select results_eq(
    $$
    select c.key::text, c.value from legacy.workflow_trace_context as c
    where c.trace_id = 910001
    order by c.key
    $$,
    $$ values ('old', 'null'::jsonb), ('user_session', '"abc123"') $$,
    'context keys are in the old table'
);
select results_eq(
    'select e.endpoint_id from legacy.workflow_trace_endpoint as e where e.trace_id = 910001',
    'values (7::bigint)',
    'endpoints that the old table can hold are in it'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002])',
    'what was carried back equals what it was carried back from'
);
select isnt_empty(
    'select from consolidation.carried_back as b where b.trace_id = 910001',
    'it is noted that the documents may say more than the old tables'
);
select is_empty(
    $$
    select b.trace_id, b.image from old_rows_before as b
    except
    (
        select t.trace_id, t::text from legacy.workflow_trace as t
        union all
        select e.trace_id, e::text from legacy.workflow_events as e
    )
    $$,
    'no other run is touched'
);

-- And over again: what the old tables cannot hold is still there.
select lives_ok(
    'select consolidation.consolidate(array[910001, 910002])',
    'what was carried back can be carried over again'
);
select is(
    (select s.run_id from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    '11111111-0000-4000-8000-00000000a001'::uuid,
    'runs and steps keep the ids that new code gave them'
);
select is(
    (
        select (to_jsonb(s) - '{events,screenshots}'::text [])
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    (
        select b.document - '{events,screenshots}'::text []
        from documents_before as b
        where b.id = 910101
    ),
    'a step that went back and over again is what it was, its error_details included'
);
select ok(
    (
        select
            s.events @> '[
                {
                    "type": "clicked", "timestamp": "2025-01-14T12:30:00+02:00", "data": {"x": 1},
                    "severity": 3
                },
                {"type": "slept", "timestamp": "noon"},
                "a text"
            ]'
            and jsonb_array_length(s.events) = 4
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    'events that went back and over again keep their unknown keys and forms'
);
select ok(
    (
        select
            s.screenshots @> '[{"url": "https://example.org/1.png", "confidence": 0.959}]'
            and s.screenshots @> '[{"action": "no url"}]'
        from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    'screenshots that went back and over again keep what the old table rounds or cannot hold'
);
select is(
    (select r.screenshots from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '[
        {
            "url": "https://example.org/8.png", "timestamp": "2025-01-14T10:30:00Z",
            "node_id": "11111111-0000-4000-8000-00000000e008"
        },
        {"url": "https://example.org/9.png", "timestamp": "noon", "step_index": 9}
    ]'::jsonb,
    'screenshots of no step that the old table cannot hold are still on the run'
);
select ok(
    (
        select r.endpoints_used @> '[7, "orders", 1.5]' and r.context ->> 'user_session' = 'abc123'
        from public.user_workflow_run as r
        where r.legacy_trace_id = 910001
    ),
    'endpoints that went back and over again keep those that are no integers'
);

-- Changed, moved, gone ----------------------------------------------------------------------------

update public.workflow_events set trace_id = 910002, step_id = null where event_id = 910902;
update public.user_workflow_run set status = 'completed' where legacy_trace_id = 910001;
select lives_ok(
    'select consolidation.carry_back(array[910001, 910002])', 'changes can be carried back'
);
select results_eq(
    $$
    select t.status, e.trace_id
    from legacy.workflow_events as e
    cross join legacy.workflow_trace as t
    where e.event_id = 910902 and t.trace_id = 910001
    $$,
    $$ values ('completed', 910002::bigint) $$,
    'changes and a moved event arrive'
);
delete from public.user_workflow_run where legacy_trace_id = 910001;
select lives_ok(
    'select consolidation.carry_back(array[910001, -77])', 'a deleted run can be carried back'
);
select is_empty(
    format('select from legacy.%I where trace_id = 910001', n.name),
    format('nothing of a deleted run is in the old table %s', n.name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as n (name);
select lives_ok('select consolidation.carry_back(''{}'')', 'nothing can be carried back');

-- An id is unique within its run only. If two runs show one, the old table holds it
-- once, and the way back is not blocked.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-00000000a00' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n
from generate_series(3, 4) as n;
insert into public.workflow_trace_context (context_id, trace_id, key, value)
values (910777, 910003, 'a', '1'), (910777, 910004, 'a', '2');
insert into public.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id
)
select
    '11111111-0000-4000-8000-000000005777', 910000 + n, '11111111-0000-4000-8000-000000000000',
    'a', 1,
    'https://example.org/' || n, 'a', '11111111-0000-4000-8000-00000000e001'
from generate_series(3, 4) as n;
select lives_ok(
    'select consolidation.carry_back(array[910003, 910004])',
    'two runs that show one id can be carried back at once'
);
select lives_ok(
    'select consolidation.carry_back(array[910004]), consolidation.carry_back(array[910003])',
    'two runs that show one id can be carried back one after the other'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910003, 910004])',
    'an id that the old table can hold only once is no difference'
);
select results_eq(
    $$
    select
        (
            select count(*)::integer from legacy.workflow_trace_context as c
            where c.context_id = 910777
        ),
        (
            select count(*)::integer from legacy.workflow_trace_screenshot as s
            where s.screenshot_id = '11111111-0000-4000-8000-000000005777'
        )
    $$,
    'values (1, 1)',
    'the old table holds such an id once'
);

-- What an old table refuses ---------------------------------------------------------------------

-- Constraints that a real database may have besides those of the baseline.
do $$
begin
    alter table legacy.workflow_trace add constraint no_bad check (status <> 'bad') not valid;
    alter table legacy.workflow_steps add constraint no_bad check (status <> 'bad') not valid;
    alter table legacy.workflow_events add constraint no_bad check (event_type <> 'bad') not valid;
    alter table legacy.workflow_trace_screenshot
    add constraint no_bad check (screenshot_url <> 'bad') not valid;
    alter table legacy.workflow_trace_context add constraint no_bad check (key <> 'bad') not valid;
    alter table legacy.workflow_trace_endpoint
    add constraint no_bad check (endpoint_id <> 666) not valid;
    create unique index one_claim on legacy.workflow_trace (external_id)
    where external_id like 'UNIQUE%';
    alter table legacy.workflow_trace
    add constraint one_session exclude using btree (session_id with =)
    where (external_id = 'DEFERRED') deferrable initially deferred;
end
$$;
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, status, external_id, context,
    endpoints_used, events, legacy_session_id
)
select
    ('11111111-0000-4000-8000-00000000a0' || n)::uuid, '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    910000 + n,
    case n when 13 then 'bad' else 'good' end,
    case when n in (14, 15) then 'UNIQUE-1' when n in (20, 21) then 'DEFERRED' end,
    case n when 16 then '{"bad": 1, "good": 2}' else '{"good": 2}' end::jsonb,
    case n when 17 then '[1, 666]' else '[1]' end::jsonb,
    '[{"type": "good", "timestamp": "2025-01-14T10:30:00Z"}]',
    case when n in (20, 21) then '11111111-0000-4000-8000-00000000f099'::uuid end
from generate_series(11, 22) as n;
insert into public.user_workflow_run_step (
    run_id, node_id, step_number, legacy_step_id, status, events, screenshots
)
select
    ('11111111-0000-4000-8000-00000000a0' || n)::uuid, '11111111-0000-4000-8000-00000000e001', 1,
    911000 + n,
    case n when 12 then 'bad' else 'good' end,
    case n
        when 18
            then '[
                {"type": "bad", "timestamp": "2025-01-14T10:30:00Z"},
                {"type": "good", "timestamp": "2025-01-14T10:30:00Z"}
            ]'
        else '[{"type": "good", "timestamp": "2025-01-14T10:30:00Z"}]'
    end::jsonb,
    case n
        when 19
            then '[
                {"url": "bad", "timestamp": "2025-01-14T10:30:00Z"},
                {"url": "good", "timestamp": "2025-01-14T10:30:00Z"}
            ]'
        else '[]'
    end::jsonb
from generate_series(11, 22) as n;
create temporary table refusing as select array(select 910000 + generate_series(11, 22)) as ids;
select lives_ok(
    format('select consolidation.carry_back(%L)', r.ids),
    'rows that an old table refuses do not hold up the others'
)
from refusing as r;
select results_eq(
    $$
    select a.trace_id, a.table_name, a.error_code, count(*)
    from consolidation.set_aside as a
    group by a.trace_id, a.table_name, a.error_code
    order by a.trace_id, a.table_name
    $$,
    $$
    values
    -- Without their step the events of it have no place either.
    (910012::bigint, 'workflow_events', '23503', 1::bigint),
    (910012, 'workflow_steps', '23514', 1),
    (910013, 'workflow_trace', '23514', 1),
    (910015, 'workflow_trace', '23505', 1),
    (910016, 'workflow_trace_context', '23514', 1),
    (910017, 'workflow_trace_endpoint', '23514', 1),
    (910018, 'workflow_events', '23514', 1),
    (910019, 'workflow_trace_screenshot', '23514', 1),
    (910021, 'workflow_trace', '23P01', 1)
    $$,
    'each refused row is noted with its SQLSTATE, a deferred key included'
);
select results_eq(
    $$
    select o.table_name, o.key, o.what ~ ('refused by the old table with ' || a.error_code)
        and strpos(o.what, a.message) > 0
    from consolidation.set_aside as a
    inner join consolidation.only_in_documents() as o
        on o.table_name = a.table_name and o.key = format('trace_id %s', a.trace_id)
    order by a.trace_id, o.table_name
    $$,
    $$
    values
    ('workflow_events', 'trace_id 910012', true), ('workflow_steps', 'trace_id 910012', true),
    ('workflow_trace', 'trace_id 910013', true), ('workflow_trace', 'trace_id 910015', true),
    ('workflow_trace_context', 'trace_id 910016', true),
    ('workflow_trace_endpoint', 'trace_id 910017', true),
    ('workflow_events', 'trace_id 910018', true),
    ('workflow_trace_screenshot', 'trace_id 910019', true),
    ('workflow_trace', 'trace_id 910021', true)
    $$,
    'only_in_documents() lists each with SQLSTATE and message'
);
select results_eq(
    $$
    select
        t.trace_id,
        (select count(*) from legacy.workflow_steps as s where s.trace_id = t.trace_id),
        (select count(*) from legacy.workflow_events as e where e.trace_id = t.trace_id),
        (
            select count(*) from legacy.workflow_trace_screenshot as p
            where p.trace_id = t.trace_id
        ),
        (select count(*) from legacy.workflow_trace_context as c where c.trace_id = t.trace_id),
        (select count(*) from legacy.workflow_trace_endpoint as e where e.trace_id = t.trace_id)
    from legacy.workflow_trace as t
    where t.trace_id between 910011 and 910022
    order by t.trace_id
    $$,
    $$
    values
    (910011::bigint, 1::bigint, 2::bigint, 0::bigint, 1::bigint, 1::bigint),
    (910012, 0, 1, 0, 1, 1), (910014, 1, 2, 0, 1, 1), (910016, 1, 2, 0, 1, 1),
    (910017, 1, 2, 0, 1, 1), (910018, 1, 2, 0, 1, 1), (910019, 1, 2, 1, 1, 1),
    (910020, 1, 2, 0, 1, 1), (910022, 1, 2, 0, 1, 1)
    $$,
    'everything else of these runs is in the old tables'
);
select is_empty(
    format('select * from consolidation.differences(trace_ids => %L)', r.ids),
    'what was set aside is no difference'
)
from refusing as r;
select is(
    (
        select count(*)::integer from public.user_workflow_run as r
        where r.legacy_trace_id between 910011 and 910022
    ),
    12,
    'the documents are as they were'
);
create temporary table of_others as
select e.trace_id, e.event_id, e.ctid::text || e.xmin as version
from legacy.workflow_events as e;

-- Once more, and after a repair.
select lives_ok(
    format('select consolidation.carry_back(%L)', r.ids), 'they can be carried back again'
)
from refusing as r;
select is(
    (select count(*)::integer from consolidation.set_aside), 9, 'each refused row is noted once'
);
select is_empty(
    $$
    select o.trace_id from of_others as o
    where
        o.trace_id not in (910012, 910016, 910017, 910018, 910019)
        and not exists (
            select from legacy.workflow_events as e
            where e.event_id = o.event_id and e.ctid::text || e.xmin = o.version
        )
    $$,
    'nobody else is written again for their sake'
);
update public.user_workflow_run set status = 'good' where legacy_trace_id = 910013;
update public.user_workflow_run set external_id = 'UNIQUE-2' where legacy_trace_id = 910015;
update public.user_workflow_run set context = context - 'bad' where legacy_trace_id = 910016;
update public.user_workflow_run set endpoints_used = '[1]' where legacy_trace_id = 910017;
update public.user_workflow_run_step set events = events - 0 where legacy_step_id = 911018;
update public.user_workflow_run_step set screenshots = screenshots - 0
where legacy_step_id = 911019;
update public.user_workflow_run set legacy_session_id = null where legacy_trace_id = 910021;
update public.user_workflow_run_step set status = 'good' where legacy_step_id = 911012;
select lives_ok(
    format('select consolidation.carry_back(%L)', r.ids), 'repaired rows can be carried back'
)
from refusing as r;
select is_empty('select from consolidation.set_aside', 'after a repair nothing is set aside');
select is(
    (
        select count(*)::integer from legacy.workflow_trace as t
        where t.trace_id between 910011 and 910022
    ),
    12,
    'and every run is in the old tables'
);
select is_empty(
    format('select * from consolidation.differences(trace_ids => %L)', r.ids), 'nothing differs'
)
from refusing as r;

-- A value that the type of an old column cannot hold: the conversion is the row's, too.
do $$
begin
    alter table legacy.workflow_events drop constraint no_bad;
    alter table legacy.workflow_events
    add constraint short check (length(event_type) < 60) not valid;
end
$$;
update public.user_workflow_run
set events = jsonb_build_array(
    jsonb_build_object('type', repeat('e', 80), 'timestamp', '2025-01-14T10:30:00Z'),
    jsonb_build_object('type', 'good', 'timestamp', '2025-01-14T10:30:01Z')
)
where legacy_trace_id = 910022;
select lives_ok('select consolidation.carry_back(array[910022])', 'a long value is no obstacle');
select results_eq(
    $$
    select e.event_type::text from legacy.workflow_events as e
    where e.trace_id = 910022 and e.step_id is null
    order by e."timestamp"
    $$,
    $$ values ('good'), ('good') $$,
    'the row that fits is there, and the former version of the other one'
);
select is(
    (select a.content ->> 'event_type' from consolidation.set_aside as a), repeat('e', 80),
    'the row that does not is set aside as it is, not cut'
);

-- A version that is refused: the former one stays where it was ------------------------------------

delete from consolidation.set_aside;
do $$
begin
    alter table legacy.workflow_events add constraint no_bad check (event_type <> 'bad') not valid;
end
$$;
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, status, context,
    endpoints_used, events
)
values (
    '11111111-0000-4000-8000-00000000a031', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910031,
    'good', '{"good": 1, "other": 1}', '[1]',
    '[
        {"type": "good", "timestamp": "2025-01-14T10:30:00Z", "event_id": 910931},
        {"type": "other", "timestamp": "2025-01-14T10:30:01Z", "event_id": 910932}
    ]'
);
insert into public.user_workflow_run_step (
    run_id, node_id, step_number, legacy_step_id, status, events, screenshots
)
select
    '11111111-0000-4000-8000-00000000a031', '11111111-0000-4000-8000-00000000e001', n, 911030 + n,
    'good',
    jsonb_build_array(
        jsonb_build_object(
            'type', 'on step', 'timestamp', '2025-01-14T10:30:00Z', 'event_id', 910940 + n
        )
    ),
    jsonb_build_array(
        jsonb_build_object(
            'url', 'good', 'timestamp', '2025-01-14T10:30:00Z',
            'screenshot_id', '11111111-0000-4000-8000-00000000593' || n
        )
    )
from generate_series(1, 2) as n;
select consolidation.carry_back(array[910031]);
create temporary view former as
select t.status || ' ' || t.channel as image from legacy.workflow_trace as t
where t.trace_id = 910031
union all
select concat_ws(' ', s.step_id, s.step_number, s.status) from legacy.workflow_steps as s
where s.trace_id = 910031
union all
select concat_ws(' ', e.event_id, e.step_id, e.event_type, e.event_data)
from legacy.workflow_events as e where e.trace_id = 910031
union all
select concat_ws(' ', right(p.screenshot_id::text, 1), p.screenshot_url)
from legacy.workflow_trace_screenshot as p where p.trace_id = 910031
union all
select concat_ws(' ', c.key, c.value) from legacy.workflow_trace_context as c
where c.trace_id = 910031
union all
select e.endpoint_id::text from legacy.workflow_trace_endpoint as e where e.trace_id = 910031;
update public.user_workflow_run
set
    status = 'bad', endpoints_used = '[1, 2, 666]', context = '{"good": 2, "bad": 1}',
    events = jsonb_set(jsonb_set(events, '{0,type}', '"bad"'), '{1,data}', '7')
where legacy_trace_id = 910031;
update public.user_workflow_run_step
set
    status = case legacy_step_id when 911031 then 'bad' else 'better' end,
    screenshots = jsonb_set(
        screenshots, '{0,url}',
        case legacy_step_id when 911031 then '"bad"' else '"better"' end::jsonb
    )
where legacy_trace_id = 910031;
select lives_ok(
    'select consolidation.carry_back(array[910031])', 'versions that are refused are no obstacle'
);
select bag_eq(
    'select f.image from former as f',
    $$
    values
    ('good web'), ('911031 1 good'), ('911032 2 better'), ('910931 good null'),
    ('910932 other 7'), ('910941 911031 on step null'), ('910942 911032 on step null'),
    ('1 good'), ('2 better'), ('good 2'), ('1'), ('2')
    $$,
    'the former version of each refused row stays in the old table, everything else is carried back'
);
select bag_eq(
    'select a.table_name from consolidation.set_aside as a where a.trace_id = 910031',
    $$
    values
    ('workflow_trace'), ('workflow_steps'), ('workflow_events'), ('workflow_trace_screenshot'),
    ('workflow_trace_context'), ('workflow_trace_endpoint')
    $$,
    'each is set aside'
);
select is_empty(
    'select * from consolidation.differences(trace_ids => array[910031])',
    'a former version is no difference'
);
-- Numbers that were exchanged, in a run of which a row is refused.
update public.user_workflow_run_step set step_number = 3 - step_number + 10
where legacy_trace_id = 910031;
update public.user_workflow_run_step set step_number = step_number - 10, status = 'good'
where legacy_trace_id = 910031;
select consolidation.carry_back(array[910031]);
select bag_eq(
    $$ select s.step_id, s.step_number from legacy.workflow_steps as s where s.trace_id = 910031 $$,
    'values (911031::bigint, 2), (911032, 1)',
    'steps exchange their numbers'
);

-- Context keys whose origin a tenant wrote --------------------------------------------------------

delete from consolidation.set_aside;
update public.user_workflow_run set context = '{"a": 1, "b": "two", "c": null}'
where legacy_trace_id = 910011;
create function pg_temp.carried_keys(origins text)
returns text []
language plpgsql
as $$
begin
    update public.user_workflow_run as r
    set legacy = origins::jsonb
    where r.legacy_trace_id = 910011;
    perform consolidation.carry_back(array[910011]);
    return array(
        select c.key::text from legacy.workflow_trace_context as c
        where c.trace_id = 910011
        order by c.key
    );
exception when others then
    return array['error ' || sqlstate];
end;
$$;
select is(
    pg_temp.carried_keys(o.legacy), '{a,b,c}'::text [],
    format('with "legacy" %s every key is carried back', coalesce(o.legacy, 'null'))
)
from (
    values
    (null), ('5'), ('{}'), ('[]'), ('{"context": {"a": {}}}'), ('{"context": 5}'),
    ('{"context": {"a": {"context_id": 7}, "b": {"context_id": 7}, "c": 5}}'),
    ('{"context": {"a": {"context_id": "seven", "created_at": "noon", "updated_at": []}}}')
) as o (legacy);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910011])',
    'and nothing differs'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.carry_back('{}') $$, '42501', null, 'applications cannot carry back'
);
reset role;

-- What is equal is left alone.
select is(
    consolidation.carry_back('{910001, 910002}'), '{}'::bigint [],
    'runs that were carried back and not written to since are not carried again'
);
update public.user_workflow_run set status = 'other' where legacy_trace_id = 910002;
select is(
    consolidation.carry_back('{910001, 910002}'), '{910002}'::bigint [],
    'carry_back() returns the runs that differed'
);
select is(
    consolidation.carry_back(array(
        select r.legacy_trace_id from public.user_workflow_run as r
        where r.legacy_trace_id between 1 and 9
    )),
    '{}'::bigint [], 'runs that are as the backfill left them do not differ'
);
select is_empty(
    'select from consolidation.carried_back as b where b.trace_id between 1 and 9',
    'the documents of these do not count as written by an application'
);
select is(consolidation.carry_back('{}'), '{}'::bigint [], 'no runs differ in nothing');

select * from finish();
rollback;
