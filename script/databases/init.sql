-- A database whose eight tables a script of its own made: serial keys, enumerations, no
-- organisation of a run, numbered screenshots that name their step by its id. With the application
-- around it.

begin;

do $$
declare
    name text;
begin
    foreach name in array array['cycle_init_app', 'cycle_init_reader', 'cycle_init_worker'] loop
        if to_regrole(name) is null then
            execute format('create role %I', name);
        end if;
    end loop;
end
$$;

create type workflow_channel as enum ('web', 'voice', 'chat', 'api');
create type trace_status as enum ('pending', 'active', 'completed', 'failed', 'cancelled');
create type step_status as enum ('pending', 'active', 'completed', 'failed', 'skipped');
create type config_type as enum ('limits', 'prompts', 'routing');

create table organization (
    org_id uuid primary key,
    name text not null unique
);

create table app_user (
    user_id uuid primary key,
    org_id uuid not null references organization,
    name text not null
);

create table user_workflow (
    workflow_id uuid primary key default gen_random_uuid(),
    org_id uuid references organization,
    name text not null,
    is_active boolean not null default true
);

create table user_workflow_node (
    node_id uuid primary key,
    workflow_id uuid not null references user_workflow on delete cascade,
    name text not null
);

create table endpoint (
    endpoint_id bigserial primary key,
    url text not null
);

create table workflow_trace (
    trace_id bigserial primary key,
    workflow_id uuid not null references user_workflow (workflow_id),
    channel workflow_channel not null,
    external_id varchar(255),
    status trace_status not null default 'pending',
    config_snapshot jsonb,
    start_time timestamptz,
    end_time timestamptz,
    duration_ms integer,
    error_message text,
    created_at timestamptz default now(),
    created_by uuid not null references app_user (user_id)
);

create index idx_trace_workflow on workflow_trace (workflow_id, created_at desc);
create index idx_trace_open on workflow_trace (status) where status in ('pending', 'active');
create index idx_trace_external on workflow_trace (external_id);

create table workflow_steps (
    step_id bigserial primary key,
    trace_id bigint not null references workflow_trace (trace_id) on delete cascade,
    step_number integer not null,
    node_id uuid not null references user_workflow_node (node_id),
    status step_status not null default 'pending',
    input_data jsonb,
    output_data jsonb,
    error_message text,
    start_time timestamptz,
    end_time timestamptz,
    duration_ms integer,
    retry_count integer default 0,
    metadata jsonb,
    unique (trace_id, step_number),
    constraint step_number_counts check (step_number >= 0)
);

create index idx_steps_node on workflow_steps (node_id);

create table workflow_events (
    event_id bigserial primary key,
    trace_id bigint not null references workflow_trace (trace_id) on delete cascade,
    step_id bigint references workflow_steps (step_id) on delete cascade,
    event_type varchar(100) not null,
    event_data jsonb not null,
    "timestamp" timestamptz default now()
);

create index idx_events_trace on workflow_events (trace_id, "timestamp");
create index idx_events_step on workflow_events (step_id);

create table workflow_trace_screenshot (
    screenshot_id bigserial primary key,
    trace_id bigint not null references workflow_trace (trace_id) on delete cascade,
    step_id bigint references workflow_steps (step_id) on delete cascade,
    node_id uuid,
    node_name varchar(255),
    screenshot_path text not null,
    screenshot_s3_key text,
    screenshot_url text,
    metadata jsonb,
    created_at timestamptz default now()
);

create index idx_screenshot_trace on workflow_trace_screenshot (trace_id);
create index idx_screenshot_step on workflow_trace_screenshot (step_id);

create table workflow_trace_context (
    context_id bigserial primary key,
    trace_id bigint not null references workflow_trace (trace_id) on delete cascade,
    key varchar(255) not null,
    value jsonb not null,
    created_at timestamptz default now(),
    updated_at timestamptz,
    unique (trace_id, key)
);

create table workflow_trace_endpoint (
    trace_id bigint not null references workflow_trace (trace_id) on delete cascade,
    endpoint_id bigint not null references endpoint (endpoint_id),
    primary key (trace_id, endpoint_id)
);

create table workflow_configs (
    config_id uuid primary key default gen_random_uuid(),
    org_id uuid not null references organization,
    workflow_id uuid references user_workflow,
    name varchar(255) not null,
    config_type config_type not null,
    config_data jsonb not null,
    is_active boolean not null default true,
    created_by uuid not null references app_user,
    created_at timestamptz default now(),
    updated_at timestamptz,
    unique (org_id, workflow_id, name, config_type)
);

create table micro_state (
    micro_state_id bigserial primary key,
    workflow_id uuid not null references user_workflow,
    node_id uuid not null references user_workflow_node,
    dom_snapshot text not null,
    action_json jsonb not null,
    semantic_spec jsonb,
    label text,
    category text,
    required boolean,
    is_dynamic boolean generated always as ((semantic_spec -> 'dynamic_meta') is not null) stored,
    text_emb real [],
    mini_score numeric(4, 3),
    is_retired boolean default false,
    aliased_to bigint references micro_state,
    created_at timestamptz default now()
);

-- Rows: organisations 1 to 3, workflows 1 to 5 (6 is a draft of nobody), nodes 11 to 53.

insert into organization (org_id, name)
select
    format('00000000-0000-4000-8000-%s', lpad(o::text, 12, '0'))::uuid,
    format('organisation %s', o)
from generate_series(1, 3) as o;

insert into app_user (user_id, org_id, name)
select
    format('00000000-0000-4000-8002-%s', lpad(u::text, 12, '0'))::uuid,
    format('00000000-0000-4000-8000-%s', lpad((1 + u % 3)::text, 12, '0'))::uuid,
    format('user %s', u)
from generate_series(1, 6) as u;

insert into user_workflow (workflow_id, org_id, name)
select
    format('00000000-0000-4000-8001-%s', lpad(w::text, 12, '0'))::uuid,
    case
        when w < 6 then format('00000000-0000-4000-8000-%s', lpad((1 + w % 3)::text, 12, '0'))::uuid
    end,
    format('workflow %s', w)
from generate_series(1, 6) as w;

insert into user_workflow_node (node_id, workflow_id, name)
select
    format('00000000-0000-4000-8003-%s', lpad((10 * w + n)::text, 12, '0'))::uuid,
    format('00000000-0000-4000-8001-%s', lpad(w::text, 12, '0'))::uuid,
    format('node %s of %s', n, w)
from generate_series(1, 6) as w
cross join generate_series(1, 3) as n;

insert into endpoint (endpoint_id, url)
select
    e,
    format('https://example.org/%s', e)
from generate_series(1, 9) as e
union all
values (9223372036854775807, 'https://example.org/last'), (-9223372036854775808, 'none');

insert into workflow_trace (
    trace_id, workflow_id, channel, external_id, status, config_snapshot, start_time, end_time,
    duration_ms, error_message, created_at, created_by
)
select
    case t
        when 29 then 9223372036854775807
        when 30 then -9223372036854775808
        else t
    end,
    format('00000000-0000-4000-8001-%s', lpad((1 + t % 5)::text, 12, '0'))::uuid,
    (enum_range(null::workflow_channel))[1 + t % 4],
    case when t % 4 > 0 then format('call-%s', t / 3) end,
    (enum_range(null::trace_status))[1 + t % 5],
    case when t % 3 = 0 then jsonb_build_object('limits', t, 'rate', 1.10) end,
    case when t % 5 > 0 then '2025-01-01 08:00:00+00'::timestamptz + t * interval '1 hour' end,
    case when t % 5 > 1 then '2025-01-01 08:00:00.25+00'::timestamptz + t * interval '2 hours' end,
    case when t % 5 > 1 then t * 1000 end,
    case when t % 5 = 3 then 'timeout "after" 30 s' end,
    case when t <> 7 then '2025-01-01 07:59:59.123456+00'::timestamptz + t * interval '1 hour' end,
    format('00000000-0000-4000-8002-%s', lpad((1 + (t % 5 + 1) % 3)::text, 12, '0'))::uuid
from generate_series(1, 30) as t;

-- Run 3 has no step, run 29 those at both ends.
insert into workflow_steps (
    step_id, trace_id, step_number, node_id, status, input_data, output_data, error_message,
    start_time, end_time, duration_ms, retry_count, metadata
)
select
    case
        when r.ordinal = 29 and s = 1 then 9223372036854775807
        when r.ordinal = 29 and s = 2 then -9223372036854775808
        else 10 * r.ordinal + s
    end,
    r.trace_id,
    case when r.ordinal = 29 and s = 2 then 2147483647 else s end,
    format(
        '00000000-0000-4000-8003-%s',
        lpad((10 * (1 + r.ordinal % 5) + 1 + s % 3)::text, 12, '0')
    )::uuid,
    (enum_range(null::step_status))[1 + (r.ordinal + s) % 5],
    case when s > 1 then jsonb_build_object('row', s, 'amount', 1.50, 'none', null) end,
    case when s % 2 = 0 then 'null'::jsonb end,
    case when (r.ordinal + s) % 5 = 3 then 'not found' end,
    '2025-01-01 08:00:00+00'::timestamptz + r.ordinal * interval '1 hour' + s * interval '1 min',
    null,
    case when s = 1 then 250 end,
    case when r.ordinal % 6 > 0 then s - 1 end,
    case when s = 1 then '{"tries": [1, 2]}'::jsonb end
from (
    select
        t.trace_id,
        case t.trace_id
            when 9223372036854775807 then 29
            when -9223372036854775808 then 30
            else t.trace_id
        end as ordinal
    from workflow_trace as t
) as r
cross join generate_series(1, 3) as s
where r.ordinal <> 3 and s <= 1 + r.ordinal % 3;

insert into workflow_events (event_id, trace_id, step_id, event_type, event_data, "timestamp")
select
    row_number() over (order by s.step_id, e),
    s.trace_id,
    s.step_id,
    (array['page_loaded', 'clicked', 'waited'])[e],
    jsonb_build_object('ms', e * 100, 'price', 2.50),
    case when e < 3 then s.start_time + e * interval '0.123456 s' end
from workflow_steps as s
cross join generate_series(1, 3) as e;

insert into workflow_events (event_id, trace_id, step_id, event_type, event_data, "timestamp")
select
    1000 + row_number() over (order by t.trace_id, e),
    t.trace_id,
    null,
    e,
    '"started"',
    t.created_at
from workflow_trace as t
cross join unnest(array['started', 'queued']) as e
where t.trace_id % 2 = 0;

insert into workflow_events (event_id, trace_id, step_id, event_type, event_data, "timestamp")
values
(9223372036854775807, 1, 11, 'last', '[]', '2025-02-01 00:00:00+00'),
(-9223372036854775808, 1, null, 'first', 'null', null);

insert into workflow_trace_screenshot (
    screenshot_id, trace_id, step_id, node_id, node_name, screenshot_path, screenshot_s3_key,
    screenshot_url, metadata, created_at
)
select
    row_number() over (order by s.step_id),
    s.trace_id,
    case when s.step_number % 3 > 0 then s.step_id end,
    case when s.step_number % 2 > 0 then s.node_id end,
    case when s.step_number % 2 > 0 then 'form' end,
    format('/var/shots/%s.png', s.step_id),
    case when s.step_number = 1 then format('shots/%s', s.step_id) end,
    case when s.step_number <> 2 then format('https://example.org/shots/%s', s.step_id) end,
    case
        when s.step_number = 1 then jsonb_build_object('width', 1280, 'scale', 1.50, 'alt', null)
        when s.step_number = 2 then 'null'
    end,
    case when s.step_number < 3 then s.start_time + interval '1 s' end
from workflow_steps as s
where s.step_number < 4;

insert into workflow_trace_screenshot (screenshot_id, trace_id, step_id, screenshot_path)
values
(9223372036854775807, 1, 11, '/last'),
(-9223372036854775808, 2, null, '');

update workflow_trace_screenshot set created_at = null where screenshot_id % 1000 = -808;
update workflow_trace_screenshot set created_at = '2025-03-01 12:00:00+00'
where screenshot_id = 9223372036854775807;

insert into workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
select
    row_number() over (order by t.trace_id, k),
    t.trace_id,
    k,
    case k when 'member' then to_jsonb(t.external_id) else '{"total": 10.00}'::jsonb end,
    case when k <> 'claim' then t.created_at end,
    case when t.trace_id % 4 = 0 then t.created_at + interval '1 day' end
from workflow_trace as t
cross join unnest(array['member', 'claim', 'Ünï "code"']) as k
where k <> 'member' or t.external_id is not null;

insert into workflow_trace_context (context_id, trace_id, key, value, created_at)
values
(9223372036854775807, 3, '', '1e10', '2025-01-05 00:00:00+00'),
(-9223372036854775808, 3, 'null', 'null', '2025-01-05 00:00:00+00');

insert into workflow_trace_endpoint (trace_id, endpoint_id)
select
    t.trace_id,
    e
from workflow_trace as t
cross join unnest(array[1, 5, 9223372036854775807, -9223372036854775808]) as e
where t.trace_id % 3 = 1 or e = 5;

insert into workflow_configs (
    config_id, org_id, workflow_id, name, config_type, config_data, created_by, created_at
)
select
    format('00000000-0000-4000-8004-%s', lpad(c::text, 12, '0'))::uuid,
    format('00000000-0000-4000-8000-%s', lpad((1 + c % 3)::text, 12, '0'))::uuid,
    case
        when c % 2 = 0
            then format('00000000-0000-4000-8001-%s', lpad((1 + (c + 2) % 3)::text, 12, '0'))::uuid
    end,
    format('config %s', c),
    (enum_range(null::config_type))[1 + c % 3],
    to_jsonb(c),
    format('00000000-0000-4000-8002-%s', lpad((1 + (c + 2) % 3)::text, 12, '0'))::uuid,
    '2025-01-01 00:00:00+00'
from generate_series(1, 6) as c;

insert into micro_state (
    micro_state_id, workflow_id, node_id, dom_snapshot, action_json, semantic_spec, label, text_emb,
    mini_score, aliased_to, created_at
)
select
    m,
    format('00000000-0000-4000-8001-%s', lpad((1 + m % 5)::text, 12, '0'))::uuid,
    format('00000000-0000-4000-8003-%s', lpad((10 * (1 + m % 5) + 1)::text, 12, '0'))::uuid,
    '<html></html>',
    '{"do": "click"}',
    case when m % 2 = 0 then '{"dynamic_meta": 1}'::jsonb end,
    format('state %s', m),
    array[0.5, m],
    0.125,
    case when m > 4 then 1 end,
    '2025-01-01 00:00:00+00'
from generate_series(1, 8) as m;

select
    setval('endpoint_endpoint_id_seq', 100),
    setval('workflow_trace_trace_id_seq', 1000),
    setval('workflow_steps_step_id_seq', 1000),
    setval('workflow_events_event_id_seq', 2000),
    setval('workflow_trace_screenshot_screenshot_id_seq', 1000),
    setval('workflow_trace_context_context_id_seq', 1000),
    setval('micro_state_micro_state_id_seq', 1000);

-- The application.

create function start_execution(workflow uuid, via text, who uuid, external text default null)
returns bigint
language plpgsql
as $$
declare
    id bigint;
begin
    insert into workflow_trace (workflow_id, channel, external_id, status, start_time, created_by)
    values (workflow, via::workflow_channel, external, 'active'::trace_status, now(), who)
    returning trace_id into id;
    insert into workflow_events (trace_id, event_type, event_data)
    values (id, 'started', jsonb_build_object('channel', via));
    return id;
end;
$$;

create function next_step(execution bigint, node uuid, input jsonb default null)
returns bigint
language plpgsql
as $$
declare
    id workflow_steps.step_id%type;
begin
    insert into workflow_steps (trace_id, step_number, node_id, status, input_data, start_time)
    select
        execution,
        coalesce(max(s.step_number), 0) + 1,
        node,
        'active',
        input,
        now()
    from workflow_steps as s
    where s.trace_id = execution
    returning step_id into strict id;
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    values (execution, id, 'step_started', coalesce(input, 'null'));
    return id;
end;
$$;

create function finish_step(step bigint, output jsonb, result step_status default 'completed')
returns integer
language plpgsql
as $$
declare
    found_rows integer;
begin
    update workflow_steps
    set status = result, output_data = output, end_time = now(), duration_ms = 5
    where step_id = step and status <> result;
    get diagnostics found_rows = row_count;
    if found then
        insert into workflow_events (trace_id, step_id, event_type, event_data)
        select
            s.trace_id,
            s.step_id,
            'step_' || s.status,
            jsonb_build_object('number', s.step_number)
        from workflow_steps as s
        where s.step_id = step;
    end if;
    return found_rows;
end;
$$;

create function finish_execution(execution bigint, result trace_status, message text default null)
returns trace_status
language sql
begin atomic
    update workflow_steps set status = 'skipped'
    where workflow_steps.trace_id = execution and workflow_steps.status = 'pending';
    update workflow_trace as t
    set status = result, end_time = now(), duration_ms = 12, error_message = message
    where t.trace_id = execution
    returning t.status;
end;

create function set_context(execution bigint, name text, content jsonb)
returns bigint
language plpgsql
as $$
declare
    id bigint;
begin
    update workflow_trace_context
    set value = content, updated_at = now()
    where trace_id = execution and key = name
    returning context_id into id;
    if not found then
        insert into workflow_trace_context (trace_id, key, value)
        values (execution, name, content)
        returning context_id into id;
    end if;
    return id;
end;
$$;

create function take_screenshot(step bigint, path text, about jsonb default null)
returns bigint
language plpgsql
as $$
declare
    id bigint;
begin
    insert into workflow_trace_screenshot (
        trace_id, step_id, node_id, screenshot_path, screenshot_s3_key, metadata
    )
    select s.trace_id, s.step_id, s.node_id, path, 'shots' || path, about
    from workflow_steps as s
    where s.step_id = step
    returning screenshot_id into id;
    return id;
end;
$$;

create function repeat_step(step bigint)
returns bigint
language plpgsql
as $$
declare
    again workflow_steps%rowtype;
begin
    select * into strict again from workflow_steps where step_id = step;
    again.step_id := nextval('workflow_steps_step_id_seq');
    again.step_number := (
        select max(s.step_number) + 1 from workflow_steps as s where s.trace_id = again.trace_id
    );
    again.status := 'pending';
    again.retry_count := coalesce(again.retry_count, 0) + 1;
    insert into workflow_steps values (again.*);
    return again.step_id;
end;
$$;

create function purge_executions(before timestamptz)
returns setof bigint
language sql
as $$
    delete from workflow_trace
    where created_at < before and status in ('cancelled'::trace_status, 'failed'::trace_status)
    returning trace_id;
$$;

create function timeline(execution bigint)
returns table (at timestamptz, what text, step integer)
language sql
stable
begin atomic
    select
        e."timestamp",
        e.event_type::text,
        s.step_number
    from workflow_events as e
    left join workflow_steps as s on s.step_id = e.step_id
    where e.trace_id = timeline.execution
    order by e."timestamp" nulls last, e.event_id;
end;

create function execution_of_call(call text)
returns setof bigint
language plpgsql
stable
as $$
declare
    found_row record;
begin
    for found_row in
        select t.* from workflow_trace as t where t.external_id = call order by t.trace_id
    loop
        return next found_row.trace_id;
    end loop;
end;
$$;

create view execution_overview as
select
    t.trace_id,
    t.status,
    t.channel,
    w.name as workflow,
    w.org_id,
    count(s.step_id) as steps,
    count(s.step_id) filter (where s.status = 'completed') as completed,
    max(s.retry_count) as retries
from workflow_trace as t
inner join user_workflow as w on w.workflow_id = t.workflow_id
left join workflow_steps as s on s.trace_id = t.trace_id
group by t.trace_id, t.status, t.channel, w.name, w.org_id;

create view open_step as
select
    s.step_id,
    s.trace_id,
    s.step_number,
    s.status,
    s.node_id
from workflow_steps as s
where s.status in ('pending', 'active');

create view screenshot_place as
select
    p.screenshot_id,
    p.screenshot_path,
    coalesce(p.screenshot_url, p.screenshot_s3_key) as place,
    s.step_number
from workflow_trace_screenshot as p
left join workflow_steps as s on s.step_id = p.step_id;

-- Privileges and row level security.

grant select, insert, update, delete on
workflow_trace, workflow_steps, workflow_events, workflow_trace_screenshot, workflow_trace_context,
workflow_trace_endpoint, workflow_configs, micro_state to cycle_init_app;
grant select on user_workflow, user_workflow_node, app_user, endpoint, organization
to cycle_init_app, cycle_init_reader, cycle_init_worker;
grant usage on all sequences in schema public to cycle_init_app;
grant select on execution_overview, open_step to cycle_init_app;

grant select on
workflow_trace, workflow_steps, workflow_events, workflow_trace_screenshot, workflow_trace_context,
workflow_trace_endpoint to cycle_init_reader;
grant select on screenshot_place to cycle_init_reader;

grant select on workflow_trace, workflow_steps, workflow_events to cycle_init_worker;
grant update (status, end_time, duration_ms, error_message) on workflow_trace to cycle_init_worker;
grant insert (trace_id, step_number, node_id, input_data), update (status, output_data)
on workflow_steps to cycle_init_worker;
grant insert on workflow_events to cycle_init_worker;
grant usage on sequence workflow_steps_step_id_seq, workflow_events_event_id_seq
to cycle_init_worker;

alter table workflow_trace enable row level security;
alter table workflow_trace_context enable row level security;
alter table workflow_configs enable row level security;

create policy trace_of_organisation on workflow_trace
using (
    workflow_id in (
        select w.workflow_id from user_workflow as w
        where w.org_id = current_setting('app.current_org_id')::uuid
    )
);

create policy context_of_organisation on workflow_trace_context
using (
    exists (
        select from workflow_trace as t
        inner join user_workflow as w on w.workflow_id = t.workflow_id
        where
            t.trace_id = workflow_trace_context.trace_id
            and w.org_id = current_setting('app.current_org_id')::uuid
    )
);

create policy config_of_organisation on workflow_configs
using (org_id = current_setting('app.current_org_id')::uuid);

commit;
