-- consolidate: old rows to documents, for given runs. The old tables are in legacy by now;
-- the function follows them.

begin;
select plan(44);

-- Hospital North (1…): a run with all kinds of children, in the old tables.
insert into legacy.workflow_trace (
    trace_id, batch_job_item_id, org_id, workflow_id, channel, external_id, status, action_type,
    action_detail, success, duration_ms, error_detail, error_message, llm_prompt, llm_response,
    llm_model, llm_tokens_used, tier, tier_reason, config_snapshot, start_time, end_time,
    created_at,
    user_id, created_by, session_id
)
values (
    910001, '11111111-0000-4000-8000-00000000f001', '11111111-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-00000000c001', 'efax', 'CLAIM-1', 'active', 'claim_status',
    '{"payer": 7}', null, 60000, '{"code": 17}', 'no answer', 'a prompt', 'a response', 'a-model',
    42,
    2, 'fallback', '[{"name": "retries"}]', '2025-01-14 10:30:00+00', '2025-01-14 10:31:00+00',
    '2025-01-14 10:29:00+00', '11111111-0000-4000-8000-00000000f002',
    '11111111-0000-4000-8000-00000000d001', '11111111-0000-4000-8000-00000000f003'
);
insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
insert into legacy.workflow_steps (
    step_id, trace_id, step_number, status, input_data, output_data, error_message, start_time,
    end_time, duration_ms, retry_count, metadata, node_id
)
values
(
    910101, 910001, 1, 'failed', '{"in": 1}', 'null', 'no answer', '2025-01-14 10:30:00+00',
    '2025-01-14 10:31:00+00', 60000, 2, null, '11111111-0000-4000-8000-00000000e001'
),
(
    910102, 910001, 2, null, null, null, null, null, null, null, 0, '{}',
    '11111111-0000-4000-8000-00000000e002'
);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910904, 910001, 910101, 'second', '{"x": 1}', '2025-01-14 10:30:02+00'),
(910903, 910001, 910101, 'third', '{"x": 2}', '2025-01-14 10:30:02.5+00'),
(910902, 910001, 910101, 'first', 'null', '2025-01-14 10:30:01+00'),
(910901, 910001, null, 'workflow_started', '1.10', '2025-01-14 10:30:00+00');
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, thumbnail_url,
    action_description, element_selector, element_found, confidence_score, created_at, node_id
)
values
(
    '11111111-0000-4000-8000-000000005001', 910001, '11111111-0000-4000-8000-000000000000', 'login',
    2, 'https://example.org/1.png', null, 'click', '#ok', true, 0.50, '2025-01-14 10:30:00+00',
    '11111111-0000-4000-8000-00000000e002'
),
(
    '11111111-0000-4000-8000-000000005009', 910001, '11111111-0000-4000-8000-000000000000', 'wait',
    9,
    'https://example.org/9.png', null, '', null, null, null, '2025-01-14 10:30:00+00',
    '11111111-0000-4000-8000-00000000e009'
);
insert into legacy.workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
values
(910501, 910001, 'user_session', '"abc123"', '2025-01-14 10:30:00+00', null),
(910502, 910001, 'retry_attempt', '0', '2025-01-14 10:30:00+00', '2025-01-14 10:31:00+00');
insert into legacy.workflow_trace_endpoint values (910001, 9), (910001, -3), (910001, 7);

create temporary table everything_before as
select 'run' as kind, r.legacy_trace_id as id, r::text as image from public.user_workflow_run as r
union all
select 'step', s.legacy_step_id, s::text from public.user_workflow_run_step as s;

set local timezone = 'Asia/Kathmandu';
select lives_ok(
    'select consolidation.consolidate(array[910001, 910002])', 'runs can be carried over'
);
reset timezone;

-- The documents -----------------------------------------------------------------------------------

select results_eq(
    $$
    select
        r.run_id = consolidation.run_id(910001), r.workflow_id, r.org_id, r.status, r.channel,
        r.external_id, r.started_at, r.ended_at, r.duration_ms, r.config_snapshot, r.error_message,
        r.error_details, r.llm_prompt, r.llm_response, r.llm_model, r.llm_tokens_used, r.tier,
        r.tier_reason, r.created_at, r.created_by, r.updated_at, r.legacy_batch_job_item_id,
        r.legacy_action_type, r.legacy_action_detail, r.legacy_success, r.legacy_user_id,
        r.legacy_session_id
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910001
    $$,
    $$
    values (
        true, '11111111-0000-4000-8000-00000000c001'::uuid,
        '11111111-0000-4000-8000-000000000000'::uuid, 'active', 'efax', 'CLAIM-1'::varchar(255),
        '2025-01-14 10:30:00+00'::timestamptz, '2025-01-14 10:31:00+00'::timestamptz, 60000,
        '[{"name": "retries"}]'::jsonb, 'no answer', '{"code": 17}'::jsonb, 'a prompt',
        'a response', 'a-model'::varchar(100), 42, 2::smallint, 'fallback',
        '2025-01-14 10:29:00+00'::timestamptz, '11111111-0000-4000-8000-00000000d001'::uuid,
        null::timestamptz, '11111111-0000-4000-8000-00000000f001'::uuid, 'claim_status',
        '{"payer": 7}'::jsonb, null::boolean, '11111111-0000-4000-8000-00000000f002'::uuid,
        '11111111-0000-4000-8000-00000000f003'::uuid
    )
    $$,
    'every column of a trace is in its run'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"user_session": "abc123", "retry_attempt": 0}'::jsonb,
    'context is an object of the keys'
);
select is(
    (select r.legacy from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"context": {
        "user_session": {
            "context_id": 910501, "created_at": "2025-01-14T10:30:00Z", "updated_at": null
        },
        "retry_attempt": {
            "context_id": 910502, "created_at": "2025-01-14T10:30:00Z",
            "updated_at": "2025-01-14T10:31:00Z"
        }
    }}'::jsonb,
    'what else was known of a key is kept beside it'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[-3, 7, 9]'::jsonb,
    'endpoints are an array'
);
select is(
    (select r.events::text from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[{
        "type": "workflow_started", "timestamp": "2025-01-14T10:30:00Z", "data": 1.10,
        "event_id": 910901
    }]'::jsonb::text,
    'events of no step are on the run, digit by digit'
);
select is(
    (
        select jsonb_agg(x.element -> 'screenshot_id')
        from public.user_workflow_run as r
        cross join lateral jsonb_array_elements(r.screenshots) as x (element)
        where r.legacy_trace_id = 910001
    ),
    '["11111111-0000-4000-8000-000000005009"]'::jsonb,
    'screenshots whose step_index matches no step are on the run'
);
select results_eq(
    $$
    select
        s.step_id = consolidation.step_id(910101), s.run_id = consolidation.run_id(910001),
        s.org_id,
        s.step_number, s.status, s.retry_count, s.started_at, s.ended_at, s.duration_ms,
        s.input_data, s.output_data, s.error_message, s.error_details, s.metadata, s.node_id,
        s.legacy_trace_id
    from public.user_workflow_run_step as s
    where s.legacy_step_id = 910101
    $$,
    $$
    values (
        true, true, '11111111-0000-4000-8000-000000000000'::uuid, 1, 'failed', 2,
        '2025-01-14 10:30:00+00'::timestamptz, '2025-01-14 10:31:00+00'::timestamptz, 60000,
        '{"in": 1}'::jsonb, 'null'::jsonb, 'no answer', null::jsonb, null::jsonb,
        '11111111-0000-4000-8000-00000000e001'::uuid, 910001::bigint
    )
    $$,
    'every column of a step is in its document'
);
select is(
    (select s.events from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    '[
        {"type": "first", "timestamp": "2025-01-14T10:30:01Z", "data": null, "event_id": 910902},
        {"type": "second", "timestamp": "2025-01-14T10:30:02Z", "data": {"x": 1},
        "event_id": 910904},
        {"type": "third", "timestamp": "2025-01-14T10:30:02.5Z", "data": {"x": 2},
        "event_id": 910903}
    ]'::jsonb,
    'events of a step are in the order of their time'
);
select is(
    (select s.screenshots from public.user_workflow_run_step as s where s.legacy_step_id = 910102),
    '[{
        "url": "https://example.org/1.png", "thumbnail_url": null,
        "timestamp": "2025-01-14T10:30:00Z", "action": "click", "selector": "#ok",
        "element_found": true, "confidence": 0.50,
        "screenshot_id": "11111111-0000-4000-8000-000000005001",
        "org_id": "11111111-0000-4000-8000-000000000000",
        "node_id": "11111111-0000-4000-8000-00000000e002", "node_name": "login", "step_index": 2
    }]'::jsonb,
    'screenshots are on the step whose number is their step_index'
);
select results_eq(
    $$
    select r.context, r.endpoints_used, r.events, r.screenshots, r.legacy
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910002
    $$,
    $$ values ('{}'::jsonb, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, null::jsonb) $$,
    'a run without children has empty documents'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002])',
    'what was carried over equals what it was carried over from'
);
select is_empty(
    $$
    select b.kind, b.id, b.image from everything_before as b
    except
    (
        select 'run', r.legacy_trace_id, r::text from public.user_workflow_run as r
        union all
        select 'step', s.legacy_step_id, s::text from public.user_workflow_run_step as s
    )
    $$,
    'no other run is touched'
);

-- Again -------------------------------------------------------------------------------------------

create temporary table everything as
select 'run' as kind, r.legacy_trace_id as id, r::text as image from public.user_workflow_run as r
union all
select 'step', s.legacy_step_id, s::text from public.user_workflow_run_step as s;
select cmp_ok(
    (select count(*)::integer from everything), '>', 500, 'there are documents to build again'
);
select lives_ok(
    $$
    select consolidation.consolidate(array(select t.trace_id from legacy.workflow_trace as t))
    $$,
    'everything can be carried over again'
);
select bag_eq(
    $$
    select 'run', r.legacy_trace_id, r::text from public.user_workflow_run as r
    union all
    select 'step', s.legacy_step_id, s::text from public.user_workflow_run_step as s
    $$,
    'select e.kind, e.id, e.image from everything as e',
    'carried over again, everything is what it was, row by row'
);
select lives_ok(
    'select consolidation.consolidate(''{}''), consolidation.consolidate(array[-77])',
    'nothing, and an unknown run, can be carried over'
);

-- What was changed, added, removed and renumbered in the old tables.
update legacy.workflow_trace set status = 'completed' where trace_id = 910001;
update legacy.workflow_events set event_data = '{"x": 3}' where event_id = 910904;
delete from legacy.workflow_events where event_id = 910903;
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values (910905, 910001, 910102, 'new', '{}', '2025-01-14 10:30:03+00');
delete from legacy.workflow_trace_context where context_id = 910501;
delete from legacy.workflow_trace_endpoint where endpoint_id = 7 and trace_id = 910001;
update legacy.workflow_steps set step_number = step_number + 100 where trace_id = 910001;
update legacy.workflow_steps set step_number = 103 - step_number where trace_id = 910001;
select isnt_empty(
    'select from consolidation.differences(trace_ids => array[910001])',
    'control: the documents do not follow by themselves'
);
select lives_ok('select consolidation.consolidate(array[910001])', 'changes can be carried over');
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001])',
    'changes of every kind arrive, even two steps that swapped their numbers'
);
select is(
    (
        select s.screenshots -> 0 ->> 'screenshot_id' from public.user_workflow_run_step as s
        where s.legacy_step_id = 910101
    ),
    '11111111-0000-4000-8000-000000005001',
    'a screenshot goes to the step that has its number now'
);
select is(
    (select s.step_id from public.user_workflow_run_step as s where s.legacy_step_id = 910101),
    consolidation.step_id(910101),
    'a step keeps its step_id when it is built again'
);

-- A damaged document is built again.
update public.user_workflow_run set context = '"damaged"', events = null, status = 'damaged'
where legacy_trace_id = 910001;
delete from public.user_workflow_run_step where legacy_step_id = 910101;
select lives_ok(
    'select consolidation.consolidate(array[910001])',
    'a damaged run can be carried over'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001])',
    'a damaged run is what it should be'
);

-- What is gone.
delete from legacy.workflow_steps where step_id = 910102;
delete from legacy.workflow_trace where trace_id = 910002;
select lives_ok(
    'select consolidation.consolidate(array[910001, 910002])', 'what is gone can be carried over'
);
select is_empty(
    'select from public.user_workflow_run_step as s where s.legacy_step_id = 910102',
    'a step that is gone is gone from the documents'
);
select is_empty(
    'select from public.user_workflow_run as r where r.legacy_trace_id = 910002',
    'a run that is gone is gone from the documents'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002])',
    'nothing of what is gone remains'
);

-- What cannot be carried --------------------------------------------------------------------------

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
select
    910003 + n, '11111111-0000-4000-8000-000000000000',
    case when n <> 0 then '11111111-0000-4000-8000-00000000c001'::uuid end,
    case when n <> 1 then 'web' end,
    case when n <> 2 then '11111111-0000-4000-8000-00000000d001'::uuid end
from generate_series(0, 4) as n;
update legacy.workflow_trace set status = null where trace_id = 910006;
insert into legacy.workflow_steps (step_id, trace_id, step_number, node_id)
values (910701, 910007, 1, null);
select throws_ok(
    format('select consolidation.consolidate(array[%s])', u.trace_id), '23502', null,
    format('a run without %s is refused: nothing is invented', u.missing)
)
from (
    values
    (910003, 'workflow_id'), (910004, 'channel'), (910005, 'created_by'), (910006, 'status'),
    (910007, 'node_id of a step')
) as u (trace_id, missing);
select is_empty(
    'select from public.user_workflow_run as r where r.legacy_trace_id between 910003 and 910007',
    'a run that is refused leaves nothing behind'
);

-- Statistics that know nothing --------------------------------------------------------------------

-- As an analyze leaves it that sees the documents of a first batch uncommitted. A nested loop over
-- all elements of the batch for each step would be quadratic.
update pg_class set reltuples = 0, relpages = 0
where oid in ('public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass);
create function pg_temp.plan_of_steps(with_settings boolean)
returns text
language plpgsql
as $$
declare
    setting text;
    statement text;
    plan jsonb;
begin
    if with_settings then
        foreach setting in array (
            select array_agg(c.setting)
            from pg_proc as p
            cross join lateral unnest(p.proconfig) as c (setting)
            where
                p.oid = 'consolidation.rebuild_documents(bigint [])'::regprocedure
                and c.setting !~ '^search_path='
        )
        loop
            perform set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
        end loop;
    end if;
    select substring(p.prosrc from '(insert into .*);\s*end;') into statement
    from pg_proc as p
    where p.proname = 'write_steps';
    statement := replace(statement, 'trace_ids', '$1');
    statement := replace(statement, 'was_cut_over', 'true');
    statement := regexp_replace(statement, '\mknown\M', '$2', 'g');
    execute 'explain (format json) ' || statement into plan using
        array(select t.trace_id from legacy.workflow_trace as t order by t.trace_id limit 100),
        '{}'::consolidation.known_step [];
    return plan::text;
end;
$$;
select ok(
    pg_temp.plan_of_steps(true) !~ 'Nested Loop',
    'the steps are written without a nested loop, though statistics say there is no run'
);
select ok(
    pg_temp.plan_of_steps(true) !~ 'Seq Scan',
    '… and without reading a table whole for a batch'
);
reset enable_nestloop;
reset enable_seqscan;
set local enable_hashjoin = off;
set local enable_mergejoin = off;
select ok(
    pg_temp.plan_of_steps(false) ~ 'Nested Loop', 'control: a nested loop would be seen'
);
reset enable_hashjoin;
reset enable_mergejoin;
select ok(
    (
        select p.proconfig @> '{enable_nestloop=off,enable_seqscan=off,jit=off}' from pg_proc as p
        where p.oid = 'consolidation.carry_back(bigint [])'::regprocedure
    ),
    'carrying back does not depend on statistics either'
);

-- A run that was written to after a cut-over ------------------------------------------------------

-- Rows that came from scans of the table and of its indexes.
create function pg_temp.rows_read(wanted regclass)
returns numeric
language sql
return (
    select
        pg_stat_get_xact_tuples_returned(wanted) + pg_stat_get_xact_tuples_fetched(wanted)
        + sum(pg_stat_get_xact_tuples_fetched(i.indexrelid))
    from pg_index as i
    where i.indrelid = wanted
);
create temporary table rows_before as
select
    t.relation,
    t.how_many,
    pg_temp.rows_read(t.relation) as was_read
from (
    values
    ('public.user_workflow_run'::regclass, (select count(*) from public.user_workflow_run)),
    ('public.user_workflow_run_step', (select count(*) from public.user_workflow_run_step)),
    ('legacy.workflow_trace', (select count(*) from legacy.workflow_trace)),
    ('legacy.workflow_steps', (select count(*) from legacy.workflow_steps)),
    ('legacy.workflow_events', (select count(*) from legacy.workflow_events)),
    (
        'legacy.workflow_trace_screenshot',
        (select count(*) from legacy.workflow_trace_screenshot)
    )
) as t (relation, how_many);
insert into consolidation.carried_back (trace_id)
select min(r.legacy_trace_id) from public.user_workflow_run as r where r.legacy_trace_id > 0;
select consolidation.rebuild_documents(array[b.trace_id]) from consolidation.carried_back as b;
select cmp_ok(
    (pg_temp.rows_read(b.relation) - b.was_read)::bigint, '<', b.how_many / 2,
    format('building its documents again reads little of %s', b.relation)
)
from rows_before as b;

select * from finish();
rollback;
