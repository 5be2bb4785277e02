-- Fills the eight old tables with data to try, test and measure the consolidation on.
--
--     psql -d DATABASE -v runs=20000 -v organisations=50 -f script/legacy-data.sql
--
-- Needs:  the eight tables of the baseline, empty; a database in UTF8.
-- Gives:  :runs regular runs (default 2,000) of :organisations organisations (default 50),
--         configurations, page states, and a fixed set of odd rows. Two databases filled with the
--         same numbers hold identical rows: no clock, no random numbers, every value follows from
--         an id. A run has 8 steps, 34 events, 8 screenshots, 4 context keys and 2 endpoints.
-- Ids:    regular trace_ids count from 1 and leave out every multiple of 97. Odd rows lie from
--         8,000,000,000,000 up, or at the ends of bigint. The sequences go on after the regular
--         ids, so applications can write at once.
-- Fixed:  only run 123 has the context {"correlation_id": "xyz789"}, so it finds exactly one row
--         as soon as :runs is 122 or more. Every row can be carried over.

\set QUIET on
\set ON_ERROR_STOP on
-- The odd text below is UTF8 whatever the terminal of the caller speaks.
\encoding UTF8
-- psql variables, because the size is the caller's choice and a script has no parameters.
\if :{?runs}
\else
\set runs 2000
\endif
\if :{?organisations}
\else
\set organisations 50
\endif

begin;

set local client_min_messages = warning;
-- Dates without an offset and timestamps inside JSON must not follow the caller's settings.
set local timezone = 'UTC';
set local datestyle = 'ISO, MDY';
-- Compiling costs more than it saves for statements that mostly wait for indexes.
set local jit = off;


-- Regular part -----------------------------------------------------------------------------------

-- Every key of a regular row is computed from the row it refers to, so looking it up proves nothing
-- and takes a third of the time. Roles that may not skip it look it up all the same.
select has_parameter_privilege('session_replication_role', 'set') as skips_lookups \gset
\if :skips_lookups
set local session_replication_role = replica;
\endif

-- Organisation N is 00000000-0000-4000-8000-00000000000N: 1 is hospital north, 2 hospital south,
-- 3 the billing firm, the others only make up the numbers. 8001 marks workflows (organisation
-- and two digits), 8002 users, 8003 nodes (workflow and two digits), 8004 browser sessions.
-- The counts are columns so that a lateral generate_series() reads them: the planner then has to
-- go run by run, and the rows of a run lie side by side as an application would have left them.
create temporary table regular_run on commit drop as
select
    i.trace_id,
    o.org_no,
    w.workflow_no,
    d.dice,
    ('00000000-0000-4000-8000-' || lpad(o.org_no::text, 12, '0'))::uuid as org_id,
    ('00000000-0000-4000-8001-' || lpad(w.workflow_no::text, 12, '0'))::uuid as workflow_id,
    ('00000000-0000-4000-8002-' || lpad((o.org_no * 100 + d.dice % 9)::text, 12, '0'))::uuid
    as created_by,
    (array['web', 'web', 'web', 'voice', 'efax'])[1 + d.dice / 100 % 5] as channel,
    case
        when d.dice % 100 < 80 then 'completed'
        when d.dice % 100 < 90 then 'failed'
        when d.dice % 100 < 94 then 'running'
        when d.dice % 100 < 97 then 'active'
        else 'pending'
    end as status,
    timestamptz '2025-01-01 00:00:00+00'
    + i.trace_id * interval '61 seconds'
    + d.dice % 1000000 * interval '1 microsecond' as started_at,
    8 as step_count,
    34 as event_count,
    8 as screenshot_count
from generate_series(1, :runs::bigint) as n (run_no)
cross join lateral (select n.run_no + (n.run_no - 1) / 96 as trace_id) as i
cross join lateral (select 1 + (i.trace_id - 1) % :organisations as org_no) as o
cross join lateral (
    select o.org_no * 100 + 1 + i.trace_id / :organisations % 4 as workflow_no
) as w
cross join lateral (select hashint8extended(i.trace_id, 1) & 1073741823 as dice) as d;

insert into public.workflow_trace (
    trace_id,
    batch_job_item_id,
    org_id,
    workflow_id,
    channel,
    external_id,
    status,
    action_type,
    action_detail,
    success,
    duration_ms,
    error_detail,
    error_message,
    llm_prompt,
    llm_response,
    llm_model,
    llm_tokens_used,
    tier,
    tier_reason,
    config_snapshot,
    start_time,
    end_time,
    created_at,
    user_id,
    created_by,
    session_id
)
select
    r.trace_id,
    case when r.dice % 3 = 0 then md5('batch ' || r.trace_id / 25)::uuid end,
    r.org_id,
    r.workflow_id,
    r.channel,
    case when r.dice % 10 < 9 then 'CLM-2025-' || lpad(r.trace_id::text, 8, '0') end,
    r.status,
    (array['claim_status', 'eligibility_check', 'prior_authorization'])[1 + r.dice % 3],
    jsonb_build_object(
        'payer', 'payer-' || r.dice % 40,
        'claim_number', 'CLM' || lpad((r.dice % 100000000)::text, 9, '0'),
        'member_id', md5('member ' || r.dice),
        'priority', r.dice % 5
    ),
    case r.status when 'completed' then true when 'failed' then false end,
    case when r.status in ('completed', 'failed') then 31000 + r.dice % 9000 end,
    case
        when r.status = 'failed'
            then jsonb_build_object(
                'code', 'E' || 100 + r.dice % 20,
                'step_number', 8,
                'retryable', r.dice % 2 = 0,
                'stack', 'at click (runner.js:' || r.dice % 900 || ') ' || md5(r.dice::text)
            )
    end,
    case when r.status = 'failed' then 'element not found: #submit-' || r.dice % 50 end,
    case
        when r.dice % 3 = 1
            then 'Find the status of the claim on the page. Answer in JSON. ' || md5(r.dice::text)
    end,
    case when r.dice % 3 = 1 then '{"status": "paid", "ref": "' || md5(r.dice::text) || '"}' end,
    case when r.dice % 3 = 1 then 'model-' || 1 + r.dice % 4 end,
    case when r.dice % 3 = 1 then 200 + r.dice % 4000 end,
    case when r.dice % 10 < 8 then 1 + r.dice % 3 end,
    case when r.dice % 10 < 8 then 'selector confidence ' || r.dice % 100 end,
    case
        when r.dice % 20 > 0
            then jsonb_build_object(
                'workflow', jsonb_build_object('timeout_ms', 30000, 'max_retries', r.dice % 4),
                'selectors', jsonb_build_object('submit', '#submit-button', 'user', '#user')
            )
    end,
    r.started_at,
    case
        when r.status in ('completed', 'failed')
            then r.started_at + (31000 + r.dice % 9000) * interval '1 millisecond'
    end,
    r.started_at - interval '250 milliseconds',
    case when r.dice % 4 > 0 then r.created_by end,
    r.created_by,
    ('00000000-0000-4000-8004-' || lpad((r.trace_id / 3)::text, 12, '0'))::uuid
from pg_temp.regular_run as r;

-- Ten step ids a run, of which the last two stay free: ids of real tables have gaps.
insert into public.workflow_steps (
    step_id,
    trace_id,
    step_number,
    status,
    input_data,
    output_data,
    error_message,
    start_time,
    end_time,
    duration_ms,
    retry_count,
    metadata,
    node_id
)
select
    (r.trace_id - 1) * 10 + s.step_number,
    r.trace_id,
    s.step_number,
    c.status,
    jsonb_build_object(
        'selector', '#field-' || d.dice % 60,
        'text', md5('input ' || d.dice),
        'options', jsonb_build_object('timeout_ms', 5000, 'visible', true, 'delay', d.dice % 90),
        'variables', jsonb_build_array('member_id', 'claim_number', d.dice % 1000)
    ),
    case
        when c.status = 'completed'
            then jsonb_build_object(
                'url', 'https://payer-' || r.dice % 40 || '.example.com/page/' || s.step_number,
                'text', md5('output ' || d.dice) || md5('more ' || d.dice),
                'matched', d.dice % 2 = 0,
                'score', round((d.dice % 1000)::numeric / 1000, 3)
            )
    end,
    case when c.status = 'failed' then 'element not found: #submit-' || r.dice % 50 end,
    case when c.status <> 'pending' then t.started_at end,
    case
        when c.status in ('completed', 'failed')
            then t.started_at + (900 + d.dice % 2000) * interval '1 millisecond'
    end,
    case when c.status in ('completed', 'failed') then 900 + d.dice % 2000 end,
    case when d.dice % 10 = 0 then 1 + d.dice / 10 % 3 else 0 end,
    case
        when d.dice % 4 > 0
            then jsonb_build_object('worker', 'w-' || d.dice % 30, 'attempts', 1 + d.dice % 3)
    end,
    ('00000000-0000-4000-8003-' || lpad((r.workflow_no * 100 + s.step_number)::text, 12, '0'))::uuid
from pg_temp.regular_run as r
cross join lateral generate_series(1, r.step_count) as s (step_number)
cross join lateral (
    select hashint8extended((r.trace_id - 1) * 10 + s.step_number, 2) & 1073741823 as dice
) as d
cross join lateral (
    select
        case
            when r.status = 'completed' then 'completed'
            when r.status = 'failed' and s.step_number = r.step_count then 'failed'
            when r.status = 'pending' then 'pending'
            when r.status in ('running', 'active') and s.step_number = 5 then 'running'
            when r.status in ('running', 'active') and s.step_number > 5 then 'pending'
            else 'completed'
        end as status
) as c
cross join lateral (
    select r.started_at + (s.step_number * 3375 - 1500) * interval '1 millisecond' as started_at
) as t;

-- Events 3 to 32 of a run belong to its steps, four at the ends belong to no step. Only events of
-- steps are errors, one of 200 by dice. Forty ids a run, six of them free.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    (r.trace_id - 1) * 40 + p.position,
    r.trace_id,
    case
        when p.position between 3 and 32
            then (r.trace_id - 1) * 10 + 1 + (p.position - 3) * r.step_count / 30
    end,
    k.event_type,
    case k.event_type
        when 'page_loaded'
            then jsonb_build_object(
                'url',
                'https://payer-' || r.dice % 40 || '.example.com/claims/' || r.trace_id
                || '?session=' || md5('session ' || r.dice),
                'load_time_ms', 80 + d.dice % 4000,
                'title', 'Claim status, page ' || p.position,
                'resources', jsonb_build_object('scripts', d.dice % 30, 'images', d.dice % 70)
            )
        when 'element_clicked'
            then jsonb_build_object(
                'selector', '#submit-' || d.dice % 50,
                'success', d.dice % 25 > 0,
                'position', jsonb_build_object('x', d.dice % 1280, 'y', d.dice % 720),
                'html', '<button class="' || md5('class ' || d.dice) || '">Submit</button>'
            )
        when 'navigation'
            then jsonb_build_object(
                'from', '/login',
                'to', '/claims/' || r.trace_id,
                'trigger', (array['click', 'redirect', 'script'])[1 + d.dice % 3],
                'referrer', 'https://payer-' || r.dice % 40 || '.example.com/?' || md5(d.dice::text)
            )
        when 'text_typed'
            then jsonb_build_object(
                'selector', '#field-' || d.dice % 60,
                'length', d.dice % 40,
                'masked', true,
                'keys_ms', jsonb_build_array(d.dice % 90, d.dice % 80, d.dice % 70, d.dice % 60)
            )
        when 'response_received'
            then jsonb_build_object(
                'status', 200,
                'bytes', d.dice % 90000,
                'content_type', 'application/json',
                'etag', md5('etag ' || d.dice),
                'request_id', md5('request ' || d.dice)
            )
        when 'error'
            then jsonb_build_object(
                'code', (array['timeout', 'not_found', 'stale_element'])[1 + d.dice % 3],
                'message', 'element #submit-' || d.dice % 50 || ' did not answer',
                'stack', 'at wait (runner.js:' || d.dice % 900 || ') ' || md5('stack ' || d.dice),
                'retryable', d.dice % 2 = 0
            )
        else
            jsonb_build_object(
                'workflow_id', r.workflow_id,
                'worker', 'w-' || d.dice % 30,
                'version', '4.' || d.dice % 12 || '.' || d.dice % 7,
                'status', r.status
            )
    end
    || jsonb_build_object(
        'agent', 'Mozilla/5.0 (X11; Linux x86_64) runner/4.' || d.dice % 12,
        'frame', md5('frame ' || d.dice)
    ),
    r.started_at
    + p.position * interval '900 milliseconds'
    + d.dice % 900000 * interval '1 microsecond'
from pg_temp.regular_run as r
cross join lateral generate_series(1, r.event_count) as p (position)
cross join lateral (
    select hashint8extended((r.trace_id - 1) * 40 + p.position, 3) & 1073741823 as dice
) as d
cross join lateral (
    select
        case
            when p.position = 1 then 'workflow_started'
            when p.position = 2 then 'config_loaded'
            when p.position = 33 then 'resources_released'
            when p.position = 34 and r.status in ('completed', 'failed') then 'workflow_finished'
            when p.position = 34 then 'heartbeat'
            when d.dice % 200 = 0 then 'error'
            else (
                array[
                    'page_loaded', 'element_clicked', 'navigation', 'text_typed',
                    'response_received'
                ]
            )[1 + p.position % 5]
        end as event_type
) as k;

-- One picture of each of the steps 1 to 7, and one from before the first step, which has no step.
insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    thumbnail_url,
    action_description,
    element_selector,
    element_found,
    confidence_score,
    created_at,
    node_id
)
select
    md5('screenshot ' || r.trace_id || ' ' || s.step_index)::uuid,
    r.trace_id,
    r.org_id,
    'node ' || s.step_index,
    s.step_index,
    's3://bucket/org-' || r.org_no || '/run-' || r.trace_id || '/' || s.step_index || '.png',
    case
        when d.dice % 5 > 0
            then 's3://bucket/org-' || r.org_no || '/run-' || r.trace_id || '/thumb-'
                || s.step_index || '.png'
    end,
    (array['click_submit', 'type_text', 'open_page', 'read_table'])[1 + d.dice % 4],
    case when d.dice % 8 > 0 then '#submit-button' end,
    d.dice % 12 > 0,
    case when d.dice % 6 > 0 then round((d.dice % 101)::numeric / 100, 2) end,
    r.started_at
    + (s.step_index * 3375 + 400) * interval '1 millisecond'
    + d.dice % 400000 * interval '1 microsecond',
    ('00000000-0000-4000-8003-' || lpad((r.workflow_no * 100 + s.step_index)::text, 12, '0'))::uuid
from pg_temp.regular_run as r
cross join lateral generate_series(0, r.screenshot_count - 1) as s (step_index)
cross join lateral (
    select hashint8extended(r.trace_id * 10 + s.step_index, 4) & 1073741823 as dice
) as d;

-- Run 123 has exactly the context that the documentation of Migration 018 shows.
insert into public.workflow_trace_context (
    context_id,
    trace_id,
    key,
    value,
    created_at,
    updated_at
)
select
    (r.trace_id - 1) * 5 + c.position,
    r.trace_id,
    c.key,
    c.value,
    r.started_at + c.position * interval '1 millisecond',
    case
        when c.key = 'retry_attempt' and c.value <> '0' then r.started_at + interval '9 seconds'
    end
from pg_temp.regular_run as r
cross join lateral (
    values
    (1, 'user_session', to_jsonb('sess-' || md5('session ' || r.trace_id / 3))),
    (2, 'correlation_id', to_jsonb('corr-' || md5('correlation ' || r.trace_id))),
    (3, 'retry_attempt', to_jsonb(greatest(r.dice % 12 - 8, 0))),
    (
        4,
        'custom_param',
        case r.dice % 4
            when 0 then to_jsonb('value'::text)
            when 1 then jsonb_build_object('payer', 'payer-' || r.dice % 40, 'strict', true)
            when 2 then jsonb_build_array('north', r.dice % 50, null)
            else to_jsonb(r.dice % 100000)
        end
    )
) as g (position, key, general_value)
cross join lateral (
    select
        g.position,
        g.key,
        case
            when r.trace_id = 123
                then '{
                    "user_session": "abc123",
                    "correlation_id": "xyz789",
                    "retry_attempt": 0,
                    "custom_param": "value"
                }'::jsonb -> g.key
            else g.general_value
        end as value
) as c;

insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
select
    r.trace_id,
    e.endpoint_id
from pg_temp.regular_run as r
cross join lateral (values (1 + r.dice % 40), (41 + r.dice % 60)) as e (endpoint_id);

-- Eight configurations an organisation: three of the whole organisation (workflow_id is null), five
-- of its workflows; every fourth is not active, and old rows have no created_at.
insert into public.workflow_configs (
    config_id,
    org_id,
    workflow_id,
    name,
    config_type,
    config_data,
    is_active,
    created_by,
    created_at,
    updated_at
)
select
    md5('config ' || o.org_no || ' ' || c.position)::uuid,
    ('00000000-0000-4000-8000-' || lpad(o.org_no::text, 12, '0'))::uuid,
    case
        when c.workflow is not null
            then (
                '00000000-0000-4000-8001-' || lpad((o.org_no * 100 + c.workflow)::text, 12, '0')
            )::uuid
    end,
    c.name,
    c.config_type,
    jsonb_build_object(
        'version', 1 + o.org_no % 3,
        'timeout_ms', 1000 * c.position,
        'channel', c.channel,
        'options', jsonb_build_object('retries', o.org_no % 5, 'headless', o.org_no % 2 = 0)
    ),
    (o.org_no + c.position) % 4 > 0,
    ('00000000-0000-4000-8002-' || lpad((o.org_no * 100)::text, 12, '0'))::uuid,
    case
        when o.org_no % 10 > 0
            then timestamptz '2024-03-01 08:00:00+00' + o.org_no * interval '7 hours'
    end,
    case when c.position % 3 = 0 then timestamptz '2024-11-05 13:45:00.5+00' end
from generate_series(1, :organisations) as o (org_no)
cross join (
    values
    (1, null, 'defaults', 'runner', null),
    (2, null, 'defaults', 'llm', null),
    (3, null, 'alerts', 'notification', 'voice'),
    (4, 1, 'main', 'selectors', 'web'),
    (5, 1, 'main', 'retry', 'web'),
    (6, 2, 'main', 'selectors', 'efax'),
    (7, 3, 'main', 'selectors', 'web'),
    (8, 4, 'night', 'schedule', null)
) as c (position, workflow, name, config_type, channel);

-- Two rows that differ in nothing but their id: the unique constraint allows it, since null
-- workflow_ids are distinct. Rebuilding the table with "nulls not distinct" would fail here.
insert into public.workflow_configs (
    config_id,
    org_id,
    name,
    config_type,
    config_data,
    created_by,
    created_at
)
select
    md5('twin config ' || n)::uuid,
    '00000000-0000-4000-8000-000000000001',
    'twin',
    'runner',
    'null',
    '00000000-0000-4000-8002-000000000100',
    '2024-05-01 00:00:00+00'
from generate_series(1, 2) as n;

-- semantic_spec walks through null, {}, dynamic_meta as JSON null (dynamic all the same) and as an
-- object; every tenth state is an alias of the one before it, and ids have gaps.
insert into public.micro_state (
    micro_state_id,
    workflow_id,
    node_id,
    dom_snapshot,
    action_json,
    semantic_spec,
    label,
    category,
    required,
    text_emb,
    mini_score,
    is_retired,
    aliased_to,
    created_at
)
select
    m.id,
    ('00000000-0000-4000-8001-' || lpad(w.workflow_no::text, 12, '0'))::uuid,
    ('00000000-0000-4000-8003-' || lpad((w.workflow_no * 100 + 1 + m.id % 8)::text, 12, '0'))::uuid,
    '<html><body><form id="f' || m.id || '"><button id="submit-button" class="'
    || md5('dom ' || m.id) || '">Submit</button></form></body></html>',
    jsonb_build_object('action', 'click', 'selector', '#submit-button', 'state', m.id),
    case m.id % 4
        when 1 then '{}'
        when 2 then '{"dynamic_meta": null, "kind": "table"}'
        when 3 then
            jsonb_build_object(
                'dynamic_meta', jsonb_build_object('rows', m.id % 20, 'key', 'claim_number')
            )
    end,
    case when m.id % 7 > 0 then 'submit claim ' || m.id end,
    (array['button', 'input', 'table'])[1 + m.id % 3],
    case m.id % 3 when 0 then true when 1 then false end,
    case
        when m.id % 5 > 0
            then array[(m.id % 8)::real / 8, (m.id % 16)::real / 16, -1.5, 0]::real []
    end,
    case when m.id % 6 > 0 then (m.id % 1000)::numeric / 1000 end,
    m.id % 9 = 0,
    case when m.id % 10 = 0 and (m.id - 1) % 13 <> 0 then m.id - 1 end,
    timestamptz '2024-08-01 00:00:00+00' + m.id * interval '97 minutes'
from generate_series(1, 240) as m (id)
cross join lateral (
    select (1 + m.id % :organisations) * 100 + 1 + m.id / :organisations % 4 as workflow_no
) as w
where m.id % 13 <> 0
order by m.id;


-- Odd part ---------------------------------------------------------------------------------------

-- The same rows whatever :runs is. Odd run K has the trace_id 8,000,000,000,000 + K; its step
-- and event ids are 8,000,000,000,000 + 1,000 K + n and + 10,000 K + n.

-- These rows are written by hand, so their keys are looked up.
\if :skips_lookups
set local session_replication_role = default;
\endif

-- Runs with nothing odd in their own row; what is odd hangs on them further down.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    success,
    start_time,
    created_at,
    created_by
)
select
    8000000000000 + o.run,
    ('00000000-0000-4000-8000-' || lpad((1 + o.run % 3)::text, 12, '0'))::uuid,
    '00000000-0000-4000-8001-000000000101',
    'completed',
    'web',
    true,
    '2024-06-01 10:00:00+00',
    '2024-06-01 09:59:59.75+00',
    '00000000-0000-4000-8002-000000000100'
from (
    values
    -- No child in any table: inner joins lose the run, aggregates give null instead of [] and {}.
    (1),
    -- Events, but no step at all that could hold them.
    (2),
    -- Screenshots only; context only; endpoints only; steps only: each outer join is needed alone.
    (3), (4), (5), (6),
    -- Screenshots whose step_index matches no step, or a step of another node.
    (10),
    -- Several steps on one node: joining screenshots by node_id multiplies them.
    (11),
    -- step_number 0, negative, and at both ends of integer.
    (12),
    -- 300 steps; one step with 2,000 events; 60 events of one instant.
    (13), (14), (15),
    -- Step ids that fall while step numbers rise; event ids that fall while time rises.
    (16),
    -- A gap in the middle: steps 1, 2, 5, and screenshots of the missing ones.
    (17),
    -- Context keys; context values.
    (20), (21),
    -- Event payloads; event types; one payload and one input of 200 kB each.
    (30), (31), (32),
    -- Step columns: JSON null against SQL null, '' against null, numbers at the ends.
    (40),
    -- Timestamps of events, steps, screenshots and context keys.
    (50),
    -- confidence_score and element_found; text of screenshots.
    (60), (61),
    -- 500 endpoints, and the ids at the ends.
    (70)
) as o (run);

-- Trace ids that break arithmetic: 0 and negative ids are skipped by "id > 0" batches; 2^53 + 1
-- becomes 2^53 in a double (or in JavaScript); 2^63 - 1 + 1 overflows in "from <= id < to + 1",
-- and -(2^63 - 1) does in "id - batch".
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    external_id,
    start_time,
    created_at,
    created_by
)
select
    v.trace_id,
    '00000000-0000-4000-8000-000000000002',
    '00000000-0000-4000-8001-000000000201',
    'active',
    'efax',
    'extreme id ' || v.trace_id,
    '2024-06-02 10:00:00+00',
    '2024-06-02 10:00:00+00',
    '00000000-0000-4000-8002-000000000200'
from (
    values
    (0::bigint), (-1), (-42), (-9223372036854775807),
    (9007199254740991), (9007199254740992), (9007199254740993), (9223372036854775807)
) as v (trace_id);

-- The same eight ids again as step_id, event_id, context_id and endpoint_id. Each table starts
-- at another place of the ring, so that code which takes one kind of id for another is found out:
-- with equal ids it would look right.
create temporary table extreme_id on commit drop as
with ring as (
    select
        i.id,
        i.position
    from unnest(
        array[
            0, -1, -42, -9223372036854775807,
            9007199254740991, 9007199254740992, 9007199254740993, 9223372036854775807
        ]::bigint []
    ) with ordinality as i (id, position)
)

select
    t.id as trace_id,
    s.id as step_id,
    e.id as event_id,
    c.id as context_id,
    t.position
from ring as t
inner join ring as s on s.position = t.position % 8 + 1
inner join ring as e on e.position = (t.position + 1) % 8 + 1
inner join ring as c on c.position = (t.position + 2) % 8 + 1;

insert into public.workflow_steps (step_id, trace_id, step_number, status, start_time, node_id)
select
    x.step_id,
    x.trace_id,
    1,
    'active',
    '2024-06-02 10:00:00+00',
    '00000000-0000-4000-8003-000000020101'
from pg_temp.extreme_id as x;

-- The second event has no step and an ordinary id, larger or smaller than the first one's.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    e.event_id,
    x.trace_id,
    e.step_id,
    e.event_type,
    jsonb_build_object('event_id', e.event_id, 'step_id', e.step_id),
    '2024-06-02 10:00:01+00'
from pg_temp.extreme_id as x
cross join lateral (
    values
    (x.event_id, x.step_id, 'page_loaded'),
    (8000000000000 + x.position, null, 'workflow_started')
) as e (event_id, step_id, event_type);

-- The id as a JSON number: it must come back exactly, not as 9.223372036854776e18.
insert into public.workflow_trace_context (context_id, trace_id, key, value, created_at)
select
    x.context_id,
    x.trace_id,
    'id',
    to_jsonb(x.trace_id),
    '2024-06-02 10:00:00+00'
from pg_temp.extreme_id as x;

insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
select
    x.trace_id,
    e.step_id
from pg_temp.extreme_id as x
cross join pg_temp.extreme_id as e;

insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    action_description,
    created_at,
    node_id
)
select
    md5('extreme screenshot ' || x.trace_id || ' ' || i.step_index)::uuid,
    x.trace_id,
    '00000000-0000-4000-8000-000000000002',
    'extreme',
    i.step_index,
    's3://bucket/extreme/' || x.trace_id || '.png',
    'click_submit',
    '2024-06-02 10:00:02+00',
    '00000000-0000-4000-8003-000000020101'
from pg_temp.extreme_id as x
cross join (values (1), (2)) as i (step_index);

-- Columns of the run itself: 401 to 404 ask whether JSON null, SQL null, empty and scalar documents
-- stay different ("->>", coalesce and jsonb_strip_nulls make one of them of two), 405 whether
-- numbers keep their scale and their digits.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    created_at,
    created_by,
    action_detail,
    error_detail,
    config_snapshot
)
select
    8000000000000 + v.run,
    '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8001-000000000101',
    'failed',
    'voice',
    '2024-06-03 10:00:00+00',
    '00000000-0000-4000-8002-000000000100',
    v.action_detail::jsonb,
    v.error_detail::jsonb,
    v.config_snapshot::jsonb
from (
    values
    (401, 'null', 'null', 'null'),
    (402, null, null, null),
    (403, '{}', '{}', '{}'),
    (404, '""', '[]', '[]'),
    (405, '{"a": 1.10, "b": 0.1000}', '[1e400, -0.0]', '{"n": 12345678901234567890.123456789}'),
    -- Each null beside a value, and keys that the new document itself uses.
    (406, 'null', null, '{"legacy": {"action_detail": 1}, "events": null}')
) as v (run, action_detail, error_detail, config_snapshot);

-- Text of the run: '' is not null (nullif and Oracle habits say it is), spaces at the ends
-- count, composed and decomposed letters are two strings, and the longest value still fits.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    created_at,
    created_by,
    external_id,
    action_type,
    error_message,
    llm_prompt,
    llm_response,
    llm_model,
    tier_reason
)
select
    8000000000000 + v.run,
    '00000000-0000-4000-8000-000000000003',
    '00000000-0000-4000-8001-000000000301',
    v.status,
    'web',
    '2024-06-04 10:00:00+00',
    '00000000-0000-4000-8002-000000000300',
    v.long_text,
    v.action_type,
    v.error_message,
    v.llm_prompt,
    v.llm_response,
    v.llm_model,
    v.tier_reason
from (
    values
    (411, '', '', '', '', '', '', '', ''),
    (412, 'pending', null, null, null, null, null, null, null),
    (413, ' running ', ' ', ' x ', E'\t', E'\n', E'\r\n', 'null', 'NULL'),
    (
        414,
        'completed',
        'Größe 大小 مرحبا 🏥👩🏽‍⚕️',
        E'e\u0301 is not \u00e9',
        E'tab\there, bell\a, escape\x1b, delete\x7f, next line\u0085, \ufeff\u200b\u202e',
        E'quote '' and " and `, \\ and \\n and \\u0041, $$ and $1 and %s',
        '{"looks": "like json"}',
        '2025-01-14T10:30:00Z',
        E'line separator\u2028, last code point \U0010ffff'
    ),
    (
        415,
        'failed',
        repeat('x', 255),
        repeat('é', 300),
        -- 10 kB that do not compress well.
        (select string_agg(md5(i::text), '' order by i) from generate_series(1, 320) as i),
        repeat('Find the claim. ', 2000),
        repeat('🏥', 5000),
        repeat('m', 100),
        repeat('r', 3000)
    )
) as v (
    run, status, long_text, action_type, error_message, llm_prompt, llm_response, llm_model,
    tier_reason
);

-- Numbers of the run: null is neither 0 nor false, and nothing promises that durations and tiers
-- are positive.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    created_at,
    created_by,
    success,
    duration_ms,
    llm_tokens_used,
    tier
)
select
    8000000000000 + v.run,
    '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8001-000000000102',
    'completed',
    'efax',
    '2024-06-05 10:00:00+00',
    '00000000-0000-4000-8002-000000000100',
    v.success,
    v.duration_ms,
    v.llm_tokens_used,
    v.tier
from (
    values
    (421, null::boolean, null::integer, null::integer, null::smallint),
    (422, false, 0, 0, 0),
    (423, true, -1, -1, -1),
    (424, true, 2147483647, 2147483647, 32767),
    (425, false, -2147483648, -2147483648, -32768)
) as v (run, success, duration_ms, llm_tokens_used, tier);

-- Times of the run: most of these have no ISO 8601 form, JSON has no infinity, four digits are not
-- enough for a year, and the end may lie before the start.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    created_by,
    start_time,
    end_time,
    created_at
)
select
    8000000000000 + v.run,
    '00000000-0000-4000-8000-000000000002',
    '00000000-0000-4000-8001-000000000202',
    'running',
    'voice',
    '00000000-0000-4000-8002-000000000200',
    v.start_time::timestamptz,
    v.end_time::timestamptz,
    v.created_at::timestamptz
from (
    values
    (431, '-infinity', 'infinity', '2024-06-06 10:00:00.123456+00'),
    (432, 'infinity', '-infinity', 'infinity'),
    (433, '0044-03-15 12:00:00+00 BC', '0001-01-01 00:00:00+00', '-infinity'),
    (434, '4714-11-24 00:00:00+00 BC', '294276-12-31 23:59:59.999999+00', '12345-01-01 00:00+00'),
    (435, null, '2024-06-06 10:00:00.000001+00', '4713-01-01 00:00:00+00 BC'),
    (436, '2024-06-06 10:00:00.1+00', '2024-06-06 09:00:00.999999+00', '1969-12-31 23:59:59.5+00'),
    -- Where clocks go back, end_time and created_at are the same local time.
    (437, '2024-03-31 02:30:00+01', '2024-10-27 02:30:00+01', '2024-10-27 02:30:00+02')
) as v (run, start_time, end_time, created_at);

-- Columns without a place in the new structure: all null, all set, and the uuids at both ends.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    created_at,
    created_by,
    batch_job_item_id,
    user_id,
    session_id,
    action_type,
    success
)
select
    8000000000000 + v.run,
    '00000000-0000-4000-8000-000000000003',
    v.workflow_id::uuid,
    'active',
    'web',
    '2024-06-07 10:00:00+00',
    v.workflow_id::uuid,
    v.id::uuid,
    v.id::uuid,
    v.id::uuid,
    v.action_type,
    v.success
from (
    values
    (441, '00000000-0000-4000-8001-000000000301', null, null, null::boolean),
    (442, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', '', true),
    (443, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '-', null)
) as v (run, workflow_id, id, action_type, success);

-- One external_id in several runs and organisations: it looks like a key and is none. Two of the
-- runs have children, all of them of the run's own organisation.
insert into public.workflow_trace (
    trace_id,
    org_id,
    workflow_id,
    status,
    channel,
    external_id,
    created_at,
    created_by
)
select
    8000000000000 + v.run,
    ('00000000-0000-4000-8000-' || lpad(v.org_no::text, 12, '0'))::uuid,
    '00000000-0000-4000-8001-000000000101',
    'completed',
    'web',
    'CLM-2025-00000001',
    '2024-06-08 10:00:00+00',
    '00000000-0000-4000-8002-000000000100'
from (values (451, 1), (452, 1), (453, 2), (454, 3)) as v (run, org_no);

insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    action_description,
    created_at,
    node_id
)
select
    v.screenshot_id::uuid,
    8000000000000 + v.run,
    ('00000000-0000-4000-8000-' || lpad(v.org_no::text, 12, '0'))::uuid,
    'login',
    1,
    's3://bucket/shared.png',
    'open_page',
    '2024-06-08 10:00:00+00',
    '00000000-0000-0000-0000-000000000000'
from (
    values
    (452, 1, '00000000-0000-0000-0000-000000000000'),
    (453, 2, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
) as v (run, org_no, screenshot_id);

-- Steps that carry the odd rows below. Runs 12 and 11 are the oddity: numbers that are not 1 to n,
-- and three steps on one node.
insert into public.workflow_steps (
    step_id,
    trace_id,
    step_number,
    status,
    input_data,
    output_data,
    start_time,
    end_time,
    duration_ms,
    metadata,
    node_id
)
select
    8000000000000 + v.run * 1000 + v.n,
    8000000000000 + v.run,
    v.step_number,
    'completed',
    jsonb_build_object('step_number', v.step_number),
    jsonb_build_object('ok', true),
    '2024-06-01 10:00:00+00',
    '2024-06-01 10:00:01+00',
    1000,
    '{}',
    ('00000000-0000-4000-8003-' || lpad(v.node::text, 12, '0'))::uuid
from (
    values
    (6, 1, 1, 10101),
    (6, 2, 2, 10102),
    (10, 1, 1, 10101),
    (10, 2, 2, 10102),
    (10, 3, 3, 10103),
    (11, 1, 1, 10101),
    (11, 2, 2, 10101),
    (11, 3, 3, 10101),
    (12, 1, 0, 10101),
    (12, 2, -1, 10102),
    (12, 3, -2147483648, 10103),
    (12, 4, 2147483647, 10104),
    (12, 5, 1, 10105),
    (14, 1, 1, 10101),
    (14, 2, 2, 10102),
    (15, 1, 1, 10101),
    (16, 3, 1, 10101),
    (16, 2, 2, 10102),
    (16, 1, 3, 10103),
    (17, 1, 1, 10101),
    (17, 2, 2, 10102),
    (17, 5, 5, 10105),
    (30, 1, 1, 10101),
    (31, 1, 1, 10101),
    (50, 1, 7, 10101),
    (60, 1, 1, 10101),
    (61, 1, 1, 10101),
    (452, 1, 1, 10101),
    (453, 1, 1, 10101)
) as v (run, n, step_number, node);

-- Run 13: 300 steps, inserted in one go, each with one event.
insert into public.workflow_steps (step_id, trace_id, step_number, status, start_time, node_id)
select
    8000000013000 + n,
    8000000000013,
    n,
    'completed',
    timestamptz '2024-06-01 10:00:00+00' + n * interval '1 second',
    ('00000000-0000-4000-8003-' || lpad((10100 + n % 10)::text, 12, '0'))::uuid
from generate_series(1, 300) as n;

insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000130000 + n,
    8000000000013,
    8000000013000 + n,
    'page_loaded',
    jsonb_build_object('n', n),
    timestamptz '2024-06-01 10:00:00+00' + n * interval '1 second'
from generate_series(1, 300) as n;

-- Run 14: 2,000 events on one step, which appending one by one rewrites 2,000 times.
-- Run 15: 60 events of the same microsecond, 20 of them without a step: only event_id orders them,
-- and "order by timestamp" alone may give another order each time.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000140000 + n,
    8000000000014,
    8000000014001,
    case when n % 100 = 0 then 'error' else 'navigation' end,
    jsonb_build_object('n', n, 'to', '/claims/' || md5('claim ' || n)),
    timestamptz '2024-06-01 10:00:00+00' + n * interval '1 millisecond'
from generate_series(1, 2000) as n
union all
select
    8000000150000 + n,
    8000000000015,
    case when n % 3 > 0 then 8000000015001 end,
    'element_clicked',
    jsonb_build_object('n', n),
    '2024-06-01 10:00:00.123456+00'
from generate_series(1, 60) as n;

-- Few events each, for the runs where the steps or their absence are the point. In run 16 event ids
-- fall while time rises, in run 2 nothing could hold the events, in run 12 the steps are numbered
-- oddly, and in run 17 two events are equal but for their id: "union" makes one of them.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000000000 + v.run * 10000 + v.n,
    8000000000000 + v.run,
    8000000000000 + v.run * 1000 + v.step,
    v.event_type,
    jsonb_build_object('run', v.run),
    timestamptz '2024-06-01 10:00:00+00' + v.seconds * interval '1 second'
from (
    values
    (2, 1, null::integer, 'workflow_started', 0),
    (2, 2, null, 'error', 1),
    (2, 3, null, 'workflow_finished', 2),
    (11, 1, 1, 'page_loaded', 0),
    (11, 2, 2, 'page_loaded', 1),
    (11, 3, 3, 'page_loaded', 2),
    (12, 1, 1, 'page_loaded', 0),
    (12, 2, 2, 'page_loaded', 1),
    (12, 3, 3, 'page_loaded', 2),
    (12, 4, 4, 'page_loaded', 3),
    (12, 5, null, 'workflow_started', 0),
    (16, 6, 1, 'page_loaded', 1),
    (16, 5, 1, 'navigation', 2),
    (16, 4, 2, 'page_loaded', 3),
    (16, 3, 3, 'page_loaded', 4),
    (16, 2, 3, 'error', 5),
    (16, 1, null, 'workflow_finished', 6),
    (17, 1, 1, 'page_loaded', 0),
    (17, 2, 1, 'page_loaded', 0),
    (17, 4, null, 'workflow_started', 0),
    (17, 5, null, 'workflow_started', 0),
    (452, 1, 1, 'page_loaded', 0),
    (453, 1, 1, 'page_loaded', 0)
) as v (run, n, step, event_type, seconds);

-- Screenshots and where they belong. Run 3 has no step. Run 10: a step_index that no step has (far
-- outside, negative, one too far) and one whose step is on another node. Run 11: node_id
-- fits three steps, step_index one. Run 12: step numbers at the ends. Two screenshots of one step
-- and one instant are two rows.
insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    thumbnail_url,
    action_description,
    element_selector,
    element_found,
    confidence_score,
    created_at,
    node_id
)
select
    md5('odd screenshot ' || v.run || ' ' || v.n)::uuid,
    8000000000000 + v.run,
    ('00000000-0000-4000-8000-' || lpad((1 + v.run % 3)::text, 12, '0'))::uuid,
    'node ' || v.node,
    v.step_index,
    's3://bucket/odd/' || v.run || '.png',
    's3://bucket/odd/thumb-' || v.run || '.png',
    'click_submit',
    '#submit-button',
    true,
    0.95,
    '2024-06-01 10:00:00+00',
    ('00000000-0000-4000-8003-' || lpad(v.node::text, 12, '0'))::uuid
from (
    values
    (3, 1, 0, 10101),
    (3, 2, 1, 10101),
    (10, 1, -1, 10101),
    (10, 2, -2147483648, 10101),
    (10, 3, 2147483647, 10101),
    (10, 4, 0, 10101),
    (10, 5, 4, 10103),
    (10, 6, 2, 10103),
    (10, 7, 1, 10101),
    (10, 8, 1, 10101),
    (11, 1, 2, 10101),
    (11, 2, 9, 10101),
    (12, 1, 0, 10101),
    (12, 2, -1, 10102),
    (12, 3, -2147483648, 10103),
    (12, 4, 2147483647, 10104),
    (12, 5, -2, 10104),
    (13, 1, 300, 10100),
    (13, 2, 301, 10100),
    (17, 1, 3, 10103),
    (17, 2, 4, 10104),
    (17, 3, 5, 10105)
) as v (run, n, step_index, node);

-- Context keys (run 20) that break JSON paths, format(), text[] literals and hand-made quoting,
-- pairs that only a sloppy comparison takes for one key, and keys that scripts treat specially.
-- Context values (run 21): JSON null is a value and neither a missing key nor SQL null; numbers
-- keep scale and digits; strings that look like something else stay strings.
insert into public.workflow_trace_context (
    context_id,
    trace_id,
    key,
    value,
    created_at,
    updated_at
)
select
    8000000000000 + v.run * 1000 + row_number() over (order by v.run, v.key collate "C"),
    8000000000000 + v.run,
    v.key,
    v.value::jsonb,
    '2024-06-01 10:00:00.000001+00',
    case when length(v.key) % 2 = 0 then timestamptz '2024-06-01 09:00:00.5+00' end
from (
    values
    (4, 'user_session', '"only context"'),
    (20, '', '"the empty key"'),
    (20, ' ', '"one space"'),
    (20, ' leading and trailing ', '1'),
    (20, 'a.b.c', '{"a": {"b": {"c": 1}}}'),
    (20, '.', '1'),
    (20, '$', '1'),
    (20, '$.a[*]', '1'),
    (20, '{a,b}', '1'),
    (20, 'a,b', '1'),
    (20, '"double"', '"\""'),
    (20, 'it''s', '"it''s"'),
    (20, E'back\\slash', '"\\"'),
    (20, E'\\u0041', '"\\u0041"'),
    (20, E'tab\t, newline\n, delete\x7f', '"\t\n\u007f"'),
    (20, '🏥', '"👩🏽‍⚕️"'),
    (20, E'e\u0301', '"decomposed"'),
    (20, E'\u00e9', '"composed"'),
    (20, 'Key', '1'),
    (20, 'key', '2'),
    (20, 'key ', '3'),
    (20, '%s %I %%', '1'),
    (20, 'null', 'null'),
    (20, 'NULL', 'null'),
    (20, 'true', 'false'),
    (20, '0', '0'),
    (20, '-1', '-1'),
    (20, '1.0', '1.0'),
    (20, '007', '7'),
    (20, '9223372036854775808', '9223372036854775808'),
    (20, '__proto__', '{"polluted": true}'),
    (20, 'context_id', '1'),
    (20, 'created_at', '"2025-01-14T10:30:00Z"'),
    (20, 'updated_at', 'null'),
    (20, repeat('k', 255), '"255 characters"'),
    (20, repeat('🏥', 255), '"255 characters, 1020 bytes"'),
    (21, 'json null', 'null'),
    (21, 'string null', '"null"'),
    (21, 'empty string', '""'),
    (21, 'empty object', '{}'),
    (21, 'empty array', '[]'),
    (21, 'false', 'false'),
    (21, 'zero', '0'),
    (21, 'scale', '1.10'),
    (21, 'trailing zeros', '0.1000'),
    (21, 'exponent', '1e400'),
    (21, 'small', '1e-400'),
    (21, 'negative zero', '-0.0'),
    (21, 'digits', '12345678901234567890.123456789'),
    (21, 'nested', '{"null": null, "": {"": []}, "a": [null, {"a": null}]}'),
    (21, 'array in array', '[[[]], [null], []]'),
    (21, 'timestamp', '"infinity"'),
    (21, 'escaped', E'"{\\"a\\": 1}"'),
    (21, 'retry_attempt', '"0"'),
    (21, 'correlation_id', '123')
) as v (run, key, value);

-- Event payloads (run 30): anything JSON can be, with and without a step. event_data is never SQL
-- null but may be JSON null, may be an array that "||" would splice into the list, may have the
-- keys of the element around it, and may be deeper than a recursive walk likes.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000300000 + p.n * 2 + s.n,
    8000000000030,
    case s.n when 1 then 8000000030001 end,
    'payload',
    p.event_data::jsonb,
    timestamptz '2024-06-01 10:00:00.123456+00' + p.n * interval '1 microsecond'
from (
    values
    (1, 'null'),
    (2, '{}'),
    (3, '[]'),
    (4, '""'),
    (5, '0'),
    (6, 'true'),
    (7, 'false'),
    (8, '"a string"'),
    (9, '"null"'),
    (10, '[1, [2, [3]], null]'),
    (11, '[{"type": "error", "timestamp": "x", "data": 1}]'),
    (12, '{"type": "error", "timestamp": null, "data": {"data": null}, "event_id": "7"}'),
    (13, '{"event_id": 8000000300003, "step_id": null, "trace_id": -1}'),
    (14, '1.10'),
    (15, '1e400'),
    (16, '-0.0'),
    (17, '12345678901234567890.123456789'),
    (18, '0.1000'),
    (19, '{"price": 1.10, "list": [0.1000, 1e400, 1E-7, -0.0, 9007199254740993]}'),
    (20, '{"": "", " ": " ", "a.b": {"c\"d": "e''f"}, "\\": "\\"}'),
    (21, '{"null": null, "nested": {"null": null}, "list": [null]}'),
    (22, '"tab\t newline\n quote\" backslash\\ emoji 🏥 separator\u2028"'),
    (23, '{"error": "[{\"type\": \"error\"}]"}'),
    (24, repeat('[', 500) || repeat(']', 500))
) as p (n, event_data)
cross join (values (1), (2)) as s (n);

-- Event types (run 31): exactly 100 characters (bytes are more), empty, and with characters that
-- must be escaped in JSON. Two payloads of 200 kB (run 32), one of which compresses well.
insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000310000 + v.n,
    8000000000031,
    case when v.n % 2 = 0 then 8000000031001 end,
    v.event_type,
    '{"odd": "type"}',
    '2024-06-01 10:00:00+00'
from (
    values
    (1, repeat('t', 100)),
    (2, repeat('t', 100)),
    (3, repeat('🏥', 100)),
    (4, repeat('é', 100)),
    (5, ''),
    (6, ''),
    (7, ' page_loaded '),
    (8, E'tab\t newline\n quote" apostrophe'' backslash\\ delete\x7f'),
    (9, 'null'),
    (10, '{"type": "error"}'),
    (11, 'ERROR'),
    (12, E'\U0010ffff')
) as v (n, event_type);

insert into public.workflow_steps (
    step_id,
    trace_id,
    step_number,
    input_data,
    output_data,
    metadata,
    node_id
)
select
    8000000032001,
    8000000000032,
    1,
    jsonb_build_object('html', string_agg(md5('input ' || i), '' order by i)),
    jsonb_build_object('html', repeat('<td>claim</td>', 15000)),
    jsonb_object_agg('key ' || i, md5('metadata ' || i)),
    '00000000-0000-4000-8003-000000010101'
from generate_series(1, 6250) as i;

insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000320000 + n,
    8000000000032,
    case when n < 3 then 8000000032001 end,
    'page_loaded',
    case
        when n = 2 then jsonb_build_object('html', repeat('<td>claim</td>', 15000))
        else (
            select jsonb_build_object('html', string_agg(md5(n || ' ' || i), '' order by i))
            from generate_series(1, 6250) as i
        )
    end,
    '2024-06-01 10:00:00+00'
from generate_series(1, 3) as n;

-- Step columns (run 40): as for the run above, JSON null, SQL null and empty stay apart, '' is not
-- null (of status too, which may be null here), and numbers may be at the ends.
insert into public.workflow_steps (
    step_id,
    trace_id,
    step_number,
    status,
    input_data,
    output_data,
    error_message,
    start_time,
    end_time,
    duration_ms,
    retry_count,
    metadata,
    node_id
)
select
    8000000040000 + v.n,
    8000000000040,
    v.n,
    v.status,
    v.input_data::jsonb,
    v.output_data::jsonb,
    v.error_message,
    v.start_time::timestamptz,
    null,
    v.duration_ms,
    v.retry_count,
    v.metadata::jsonb,
    case v.n
        when 1 then '00000000-0000-0000-0000-000000000000'
        when 2 then 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        else '00000000-0000-4000-8003-000000010101'
    end::uuid
from (
    values
    (1, null, null, null, null, null, null::integer, 0, null),
    (2, '', 'null', 'null', '', '2024-06-01 10:00:00+00', 0, 0, 'null'),
    (3, 'active', '{}', '{}', ' ', '2024-06-01 10:00:00.1+00', -1, -1, '{}'),
    (4, 'failed', '[]', '""', E'\t\n', null, 2147483647, 2147483647, '[]'),
    (5, 'ok', '1e400', '1.10', 'null', null, -2147483648, 1000000, '0'),
    (6, 'pending', '"x"', 'false', repeat('e', 10000), null, 1, 1, '"x"'),
    -- Keys of the new columns inside the old document.
    (7, 'completed', '{"a": null}', '[null]', '🏥', null, 1, 1, '{"error_details": null}')
) as v (
    n, status, input_data, output_data, error_message, start_time, duration_ms, retry_count,
    metadata
);

-- Every odd instant (run 50) as the time of an event with and without a step, of a screenshot with
-- and without a step, of a step, and of a context key: an element keeps it as text, so a form that
-- cannot be read back, or that follows the session's TimeZone or DateStyle, shows here.
create temporary table odd_instant on commit drop as
select
    v.n,
    v.instant::timestamptz as instant
from (
    values
    (1, 'infinity'),
    (2, '-infinity'),
    (3, '0044-03-15 12:00:00+00 BC'),
    (4, '0001-01-01 00:00:00+00'),
    (5, '12345-01-01 00:00:00+00'),
    (6, '294276-12-31 23:59:59.999999+00'),
    (7, '4713-01-01 00:00:00+00 BC'),
    (8, '4714-11-24 00:00:00+00 BC'),
    (9, '2025-01-14 10:30:00.123456+00'),
    (10, '2025-01-14 10:30:00.000001+00'),
    (11, '2025-01-14 10:30:00.999999+00'),
    (12, '2025-01-14 10:30:00.1+00'),
    (13, '2025-01-14 10:30:00+00'),
    (14, '1969-12-31 23:59:59.999999+00'),
    (15, '0099-12-31 23:59:59+00'),
    (16, '1883-11-18 17:00:00+00'),
    (17, '2024-10-27 00:30:00+00'),
    (18, '2024-10-27 01:30:00+00')
) as v (n, instant);

insert into public.workflow_events (
    event_id,
    trace_id,
    step_id,
    event_type,
    event_data,
    "timestamp"
)
select
    8000000500000 + i.n * 2 + s.n,
    8000000000050,
    case s.n when 1 then 8000000050001 end,
    'instant',
    jsonb_build_object('n', i.n),
    i.instant
from pg_temp.odd_instant as i
cross join (values (1), (2)) as s (n);

insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    action_description,
    created_at,
    node_id
)
select
    md5('instant screenshot ' || i.n || ' ' || s.step_index)::uuid,
    8000000000050,
    '00000000-0000-4000-8000-000000000003',
    'instant',
    s.step_index,
    's3://bucket/odd/50.png',
    'open_page',
    i.instant,
    '00000000-0000-4000-8003-000000010101'
from pg_temp.odd_instant as i
cross join (values (7), (8)) as s (step_index);

insert into public.workflow_trace_context (
    context_id,
    trace_id,
    key,
    value,
    created_at,
    updated_at
)
select
    8000000050000 + i.n,
    8000000000050,
    'instant ' || i.n,
    to_jsonb(i.n),
    i.instant,
    case when i.n % 3 > 0 then i.instant end
from pg_temp.odd_instant as i;

insert into public.workflow_steps (
    step_id,
    trace_id,
    step_number,
    status,
    start_time,
    end_time,
    node_id
)
select
    8000000050100 + i.n,
    8000000000050,
    100 + i.n,
    'running',
    i.instant,
    case when i.n % 2 = 0 then i.instant end,
    '00000000-0000-4000-8003-000000010101'
from pg_temp.odd_instant as i;

-- Confidence (run 60): 0.90 is not 0.9, NaN has no JSON number, the type allows 9.99 and negative
-- values, null is not 0.00. element_found has three values. Half of them match the step.
insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    action_description,
    element_found,
    confidence_score,
    created_at,
    node_id
)
select
    md5('confidence screenshot ' || c.n || ' ' || f.n)::uuid,
    8000000000060,
    '00000000-0000-4000-8000-000000000001',
    'confidence',
    1 + c.n % 2,
    's3://bucket/odd/60.png',
    'click_submit',
    f.element_found,
    c.confidence_score,
    '2024-06-01 10:00:00+00',
    '00000000-0000-4000-8003-000000010101'
from (
    values
    (1, null), (2, 0.00), (3, 0.90), (4, 9.99), (5, -9.99), (6, 'NaN'::numeric), (7, 1.00),
    (8, -0.01)
) as c (n, confidence_score)
cross join (values (1, null::boolean), (2, true), (3, false)) as f (n, element_found);

-- Text of screenshots (run 61): '' against null, characters that JSON escapes, the longest name.
insert into public.workflow_trace_screenshot (
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    thumbnail_url,
    action_description,
    element_selector,
    created_at,
    node_id
)
select
    md5('text screenshot ' || v.n)::uuid,
    8000000000061,
    '00000000-0000-4000-8000-000000000002',
    v.node_name,
    1 + v.n % 2,
    v.screenshot_url,
    v.thumbnail_url,
    v.action_description,
    v.element_selector,
    '2024-06-01 10:00:00+00',
    '00000000-0000-4000-8003-000000010101'
from (
    values
    (1, '', '', '', '', ''),
    (2, 'no thumbnail', 's3://bucket/a.png', null, 'click', null),
    (3, ' ', ' ', E'\t', E'\n', E'\r\n'),
    (4, '🏥 Größe', 's3://bucket/大小 1.png', 'null', E'a\\b "c" ''d''', 'a[href="x\y"] > b::after'),
    (5, repeat('n', 255), repeat('u', 5000), repeat('🏥', 99), repeat('a', 5000), repeat('s', 5000)),
    (6, E'\U0010ffff', E'\u2028\u2029', E'\ufeff', E'\x01\x1f\x7f', E'\u0085')
) as v (n, node_name, screenshot_url, thumbnail_url, action_description, element_selector);

-- Endpoints (runs 5 and 70): 500 in one run, and ids that a JSON reader with doubles would change.
insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
select
    8000000000070,
    n
from generate_series(1, 500) as n
union all
select
    8000000000000 + r.run,
    v.endpoint_id
from (values (5), (70)) as r (run)
cross join (
    values
    (0::bigint), (-1), (-42), (-9223372036854775808), (-9223372036854775807),
    (9007199254740991), (9007199254740992), (9007199254740993), (9223372036854775807)
) as v (endpoint_id);


-- After the regular ids, not after the odd ones: behind 2^63 - 1 there is no next id.
do $$
begin
    perform
        setval(pg_get_serial_sequence('public.workflow_trace', 'trace_id'), m.trace_id, true),
        setval(pg_get_serial_sequence('public.workflow_steps', 'step_id'), m.trace_id * 10, true),
        setval(pg_get_serial_sequence('public.workflow_events', 'event_id'), m.trace_id * 40, true),
        setval(
            pg_get_serial_sequence('public.workflow_trace_context', 'context_id'),
            m.trace_id * 5,
            true
        ),
        setval(pg_get_serial_sequence('public.micro_state', 'micro_state_id'), 240, true)
    from (select coalesce(max(trace_id), 1) as trace_id from pg_temp.regular_run) as m;
end
$$;

commit;

analyze
    public.workflow_trace,
    public.workflow_steps,
    public.workflow_events,
    public.workflow_trace_screenshot,
    public.workflow_trace_context,
    public.workflow_trace_endpoint,
    public.workflow_configs,
    public.micro_state;
