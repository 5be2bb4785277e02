-- Traffic of an application that knows only the six old names, for pgbench.
--
--     psql -d DATABASE -v runs=2000 -f script/legacy-data.sql
--     pgbench -n -f script/legacy-traffic.sql -c 4 -T 10 DATABASE
--
-- Use:     the same before the cut-over (tables) and after it (views): no "on conflict", no
--          "truncate", no "merge", no "copy". Works with -M simple, extended and prepared.
-- Clients: at most 8, in one pgbench at a time. Client N changes only runs with trace_id % 8 = N,
--          new runs become visible together with their children, so no client sees another's
--          rows vanish and every failed transaction that pgbench reports is worth a look.
-- Runs:    taken from the whole range of regular and new trace_ids, whatever the size of the data;
--          "-D runs=…" is accepted and not needed. (A \set here would override -D, and pgbench
--          has no default for a variable that is not given.) Odd runs are left alone.

\set kind random(1, 100)
\set place random(0, 999999)
\set mine :client_id % 8
\set n random(0, 9)

-- Exactly one row, because \gset wants one: -7 and 0 are ids that match nothing further down.
-- Odd runs start at 8,000,000,000,000, and -7 is none of them.
select
    coalesce(
        (
            select t.trace_id
            from workflow_trace as t
            where
                t.trace_id >= (
                    select max(m.trace_id) * :place / 1000000
                    from workflow_trace as m
                    where m.trace_id < 8000000000000
                )
                and t.trace_id between 1 and 7999999999999
                and t.trace_id % 8 = :mine
            order by t.trace_id
            limit 1
        ),
        -7
    ) as trace_id
\gset

\if :kind <= 15

-- A new run with two steps, 50 events on them, four without a step.
begin;

insert into workflow_trace (
    org_id, workflow_id, channel, external_id, status, action_type, action_detail, config_snapshot,
    start_time, created_by
)
values (
    '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8001-000000000101', 'web',
    'traffic', 'running', 'claim_status', '{"payer": "payer-1"}', '{"timeout_ms": 30000}',
    clock_timestamp(), '00000000-0000-4000-8002-000000000100'
)
returning trace_id as new_trace_id
\gset

insert into workflow_steps (trace_id, step_number, status, input_data, start_time, node_id)
values (
    :new_trace_id, 1, 'running', '{"selector": "#user"}', clock_timestamp(),
    '00000000-0000-4000-8003-000000010101'
)
returning step_id as step_1
\gset

insert into workflow_steps (trace_id, step_number, input_data, metadata, node_id)
values (
    :new_trace_id, 2, '{"selector": "#submit-button"}', '{"worker": "w-1"}',
    '00000000-0000-4000-8003-000000010102'
)
returning step_id as step_2
\gset

insert into workflow_events (trace_id, step_id, event_type, event_data, "timestamp")
select
    :new_trace_id,
    case when i <= 25 then :step_1::bigint else :step_2::bigint end,
    case when i % 50 = 0 then 'error' else 'page_loaded' end,
    jsonb_build_object('url', 'https://example.com/login?n=' || i, 'load_time_ms', 100 + i),
    clock_timestamp() + i * interval '10 milliseconds'
from generate_series(1, 50) as i;

insert into workflow_events (trace_id, event_type, event_data)
values
(:new_trace_id, 'workflow_started', '{"worker": "w-1"}'),
(:new_trace_id, 'config_loaded', '{"version": 4}'),
(:new_trace_id, 'heartbeat', 'null'),
(:new_trace_id, 'heartbeat', '[]');

-- The third screenshot matches no step.
insert into workflow_trace_screenshot (
    trace_id, org_id, node_name, step_index, screenshot_url, action_description, element_selector,
    element_found, confidence_score, node_id
)
select
    :new_trace_id,
    '00000000-0000-4000-8000-000000000001',
    'node ' || i,
    i,
    's3://bucket/traffic/' || i || '.png',
    'click_submit',
    '#submit-button',
    true,
    0.95,
    '00000000-0000-4000-8003-000000010101'
from generate_series(1, 3) as i;

insert into workflow_trace_context (trace_id, key, value)
values
(:new_trace_id, 'user_session', '"sess-traffic"'),
(:new_trace_id, 'correlation_id', '"corr-traffic"'),
(:new_trace_id, 'retry_attempt', '0'),
(:new_trace_id, 'custom_param', '{"strict": true}');

insert into workflow_trace_endpoint (trace_id, endpoint_id)
values (:new_trace_id, 1), (:new_trace_id, 2);

commit;

\elif :kind <= 25

-- 50 events in one statement on whichever step has this number.
insert into workflow_events (trace_id, step_id, event_type, event_data)
select
    s.trace_id,
    s.step_id,
    'navigation',
    jsonb_build_object('from', '/login', 'to', '/claims/' || i)
from workflow_steps as s
cross join generate_series(1, 50) as i
where
    s.trace_id = :trace_id
    and s.step_number = 1 + :n % 8;

\elif :kind <= 32

-- Single rows, as most applications write them. No other client writes to this run, so "not exists"
-- does what "on conflict do nothing" would.
begin;

insert into workflow_events (trace_id, event_type, event_data)
select
    t.trace_id,
    'heartbeat',
    '{"alive": true}'
from workflow_trace as t
where t.trace_id = :trace_id;

insert into workflow_trace_context (trace_id, key, value)
select
    t.trace_id,
    'traffic.' || :n,
    '{"first": true}'
from workflow_trace as t
where
    t.trace_id = :trace_id
    and not exists (
        select 1
        from workflow_trace_context as c
        where
            c.trace_id = :trace_id
            and c.key = 'traffic.' || :n
    );

insert into workflow_trace_endpoint (trace_id, endpoint_id)
select
    t.trace_id,
    1000 + :n
from workflow_trace as t
where
    t.trace_id = :trace_id
    and not exists (
        select 1
        from workflow_trace_endpoint as p
        where
            p.trace_id = :trace_id
            and p.endpoint_id = 1000 + :n
    );

insert into workflow_trace_screenshot (
    trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
)
select
    t.trace_id,
    t.org_id,
    'traffic',
    :n,
    's3://bucket/traffic/single.png',
    'read_table',
    '00000000-0000-4000-8003-000000010101'
from workflow_trace as t
where t.trace_id = :trace_id;

commit;

\elif :kind <= 45

update workflow_steps
set
    status = 'running',
    retry_count = retry_count + 1,
    start_time = clock_timestamp()
where
    trace_id = :trace_id
    and step_number = 1 + :n % 8;

\elif :kind <= 53

-- Every step of a run at once, then the run itself.
begin;

update workflow_steps
set
    status = 'completed',
    output_data = jsonb_build_object('ok', true, 'n', :n::integer),
    end_time = clock_timestamp(),
    duration_ms = 1000
where trace_id = :trace_id;

update workflow_trace
set
    status = 'completed',
    success = true,
    end_time = clock_timestamp(),
    llm_tokens_used = 100 + :n,
    error_message = null
where trace_id = :trace_id;

commit;

\elif :kind <= 63

-- One event, known by its id. The run may have fewer events: 0 is then no event of it.
select
    coalesce(
        (
            select e.event_id
            from workflow_events as e
            where e.trace_id = :trace_id
            order by e.event_id
            limit 1 offset :n
        ),
        0
    ) as event_id
\gset

update workflow_events
set event_data = jsonb_build_object('edited', true, 'n', :n::integer, 'null', null)
where
    trace_id = :trace_id
    and event_id = :event_id;

\elif :kind <= 73

update workflow_trace_context
set
    value = to_jsonb(:n::integer),
    updated_at = clock_timestamp()
where
    trace_id = :trace_id
    and key = 'retry_attempt';

\elif :kind <= 76

update workflow_trace_screenshot
set
    confidence_score = 0.90,
    element_found = false
where
    trace_id = :trace_id
    and step_index = :n;

\elif :kind <= 79

delete from workflow_events
where
    trace_id = :trace_id
    and event_id = (
        select e.event_id
        from workflow_events as e
        where e.trace_id = :trace_id
        order by e.event_id
        limit 1 offset :n
    );

\elif :kind <= 82

delete from workflow_trace_screenshot
where
    trace_id = :trace_id
    and screenshot_id = (
        select s.screenshot_id
        from workflow_trace_screenshot as s
        where s.trace_id = :trace_id
        order by s.created_at, s.screenshot_id
        limit 1
    );

\elif :kind <= 85

delete from workflow_trace_endpoint
where
    trace_id = :trace_id
    and endpoint_id = (
        select min(p.endpoint_id)
        from workflow_trace_endpoint as p
        where p.trace_id = :trace_id
    );

\elif :kind <= 88

delete from workflow_trace_context
where
    trace_id = :trace_id
    and key = (array['custom_param', 'user_session', 'traffic.1', 'traffic.2'])[1 + :n % 4];

\elif :kind <= 90

-- Takes the step's events along.
delete from workflow_steps
where
    trace_id = :trace_id
    and step_number = 1 + :n % 8;

\elif :kind <= 92

-- Takes everything along.
delete from workflow_trace
where trace_id = :trace_id;

\elif :kind <= 97

select
    t.trace_id,
    t.status,
    s.step_number,
    e.event_type,
    e.event_data,
    e."timestamp"
from workflow_trace as t
left join workflow_steps as s on s.trace_id = t.trace_id
left join workflow_events as e on e.step_id = s.step_id
where t.trace_id = :trace_id
order by s.step_number, e.event_id;

\else

-- A write that is rolled back must leave nothing behind, in a queue either.
begin;

update workflow_trace
set error_message = 'rolled back'
where trace_id = :trace_id;

delete from workflow_steps
where trace_id = :trace_id;

rollback;

\endif
