-- After the cut-over an old statement does under the old name what it did on the table. The old
-- tables are still there, in the schema legacy: each statement runs on both, and the outcome must
-- be the same, be it a number of rows or an error.

begin;

-- The old tables take statements here as they did before the cut-over, with ids of their own.
alter sequence legacy.workflow_trace_trace_id_seq no maxvalue;
alter sequence legacy.workflow_steps_step_id_seq no maxvalue;
alter sequence legacy.workflow_events_event_id_seq no maxvalue;
alter sequence legacy.workflow_trace_context_context_id_seq no maxvalue;

create function pg_temp.outcome(statement text, schema_name text)
returns text
language plpgsql
as $$
declare
    rows bigint;
begin
    perform set_config('search_path', schema_name || ', public', true);
    execute statement;
    get diagnostics rows = row_count;
    perform set_config('search_path', 'public', true);
    return format('%s rows', rows);
exception when others then
    perform set_config('search_path', 'public', true);
    return 'error ' || sqlstate;
end;
$$;

create temporary table old_statement (
    ordinal integer generated always as identity,
    fails boolean not null default false,
    statement text not null
);

-- Hospital North (1…), Hospital South (2…).
insert into old_statement (statement)
values
($$
insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
from generate_series(910001, 910005) as n
$$),
($$
insert into workflow_trace (
    trace_id, org_id, workflow_id, channel, created_by, status, error_detail
)
values (
    920001, '22222222-0000-4000-8000-000000000000', '22222222-0000-4000-8000-00000000c001', 'voice',
    '22222222-0000-4000-8000-00000000d001', 'active', '{"a": 1.10, "b": null}'
)
$$),
($$
insert into workflow_trace (org_id, workflow_id, channel, created_by, external_id)
values (
    '22222222-0000-4000-8000-000000000000', '22222222-0000-4000-8000-00000000c001', 'voice',
    '22222222-0000-4000-8000-00000000d009', 'an id from the sequence'
)
$$),
($$
insert into workflow_steps (step_id, trace_id, step_number, node_id)
select
    t.trace_id * 10 + n, t.trace_id, n, '11111111-0000-4000-8000-00000000e001'
from workflow_trace as t
cross join generate_series(1, 3) as n
where t.trace_id between 910001 and 910004
$$),
($$
insert into workflow_steps (step_id, trace_id, step_number, node_id, metadata, retry_count, status)
values (9200011, 920001, 1, '22222222-0000-4000-8000-00000000e001', '{}', 3, null)
$$),
($$
insert into workflow_events (event_id, trace_id, step_id, event_type, event_data)
select s.step_id * 10 + n, s.trace_id, s.step_id, 'event ' || n, jsonb_build_object('n', n)
from workflow_steps as s
cross join generate_series(1, 2) as n
where s.trace_id between 910001 and 910004
$$),
($$
insert into workflow_events (event_id, trace_id, event_type, event_data, "timestamp")
values
(910901, 910001, 'workflow_started', 'null', '2025-01-14 10:30:00.123456+00'),
(910902, 910002, '', '"text"', 'infinity'),
(910903, 910003, repeat('x', 100), '[1.50]', '0044-03-15 12:00:00+00 BC'),
(920901, 920001, 'workflow_started', '{}', '2025-01-14 10:30:00-11:30')
$$),
($$ insert into workflow_events (trace_id, event_type, event_data) values (920001, 'a', '1') $$),
($$
insert into workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id, confidence_score
)
select
    ('11111111-0000-4000-8000-' || lpad((t.trace_id * 10 + n)::text, 12, '0'))::uuid, t.trace_id,
    t.org_id, 'node ' || n, n, 'https://example.org/' || n, 'click',
    '11111111-0000-4000-8000-00000000e001', n / 10.0
from workflow_trace as t
cross join generate_series(2, 4) as n
where t.trace_id between 910001 and 910005
$$),
($$
insert into workflow_trace_screenshot (
    trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
)
values (
    920001, '22222222-0000-4000-8000-000000000000', 'a', 1, 'https://example.org', '',
    '22222222-0000-4000-8000-00000000e001'
)
$$),
($$
insert into workflow_trace_context (context_id, trace_id, key, value)
select t.trace_id * 10 + n, t.trace_id, 'key ' || n, to_jsonb(n)
from workflow_trace as t
cross join generate_series(1, 3) as n
where t.trace_id between 910001 and 910005
$$),
($$ insert into workflow_trace_context (trace_id, key, value) values (920001, '', 'null') $$),
($$
insert into workflow_trace_endpoint
select t.trace_id, n from workflow_trace as t, generate_series(1, 4) as n
where t.trace_id between 910001 and 910005
$$),
-- Updates, also of several rows, with joins and of keys.
($$ update workflow_trace set status = 'running', start_time = now() where trace_id = 910001 $$),
($$ update workflow_trace set tier = coalesce(tier, 0) + 1
    where trace_id between 910001 and 910005 $$),
($$ update workflow_trace set org_id = org_id
    where org_id = '22222222-0000-4000-8000-000000000000' $$),
($$ update workflow_trace set status = 'x' where trace_id = -77 $$),
($$ update workflow_steps set status = 'done', end_time = now() where trace_id = 910001 $$),
($$
update workflow_steps as s set output_data = t.error_detail, error_message = t.channel
from workflow_trace as t
where t.trace_id = s.trace_id and t.trace_id in (910002, 920001)
$$),
($$ update workflow_steps set step_number = 30 where step_id = 9100033 $$),
($$ update workflow_steps set metadata = '{"a": 1}' where step_id = 9100011 $$),
($$ update workflow_steps set status = default where step_id = 9100012 $$),
($$ update workflow_trace set success = default, created_at = default, status = default
    where trace_id = 910001 $$),
($$ update workflow_steps set retry_count = default where step_id = 9200011 $$),
($$ update workflow_events set event_data = event_data || '{"seen": 1}' where trace_id = 910001
    and step_id is not null $$),
($$
update workflow_events as e set event_type = s.status || '!'
from workflow_steps as s
where s.step_id = e.step_id and s.trace_id = 910002
$$),
($$ update workflow_events set step_id = 9100012 where step_id = 9100011 $$),
($$ update workflow_events set step_id = null where event_id = 91000211 $$),
($$ update workflow_events set trace_id = 910003, step_id = null where event_id = 91000212 $$),
($$ update workflow_events set event_id = 910999, "timestamp" = '-infinity'
    where event_id = 910901 $$),
($$ update workflow_events set event_type = 'x' where event_id = -77 $$),
($$ update workflow_events set "timestamp" = default where event_id = 910903 $$),
($$ update workflow_trace_screenshot set confidence_score = 0.955, element_found = true
    where trace_id = 910002 $$),
($$ update workflow_trace_screenshot set confidence_score = 'NaN' where trace_id = 910003 $$),
($$ update workflow_trace_screenshot set step_index = 1
    where trace_id = 910001 and step_index = 4 $$),
($$ update workflow_trace_screenshot set trace_id = 910001 where trace_id = 910005 $$),
($$ update workflow_trace_screenshot set node_name = '' where trace_id = -77 $$),
($$ update workflow_trace_context set value = value, updated_at = now() where trace_id = 910002 $$),
($$ update workflow_trace_context set key = key || '!' where trace_id = 910003 $$),
($$ update workflow_trace_context set trace_id = 910001, key = 'moved'
    where context_id = 9100051 $$),
($$ update workflow_trace_context set context_id = 910888 where context_id = 9100011 $$),
($$ update workflow_trace_endpoint set endpoint_id = endpoint_id + 10 where trace_id = 910002 $$),
($$ update workflow_trace_endpoint set trace_id = 910002 where trace_id = 910003 $$),
-- Deletes.
($$ delete from workflow_events where trace_id = 910004 and event_type = 'event 1' $$),
($$ delete from workflow_events where event_id = -77 $$),
($$
delete from workflow_events as e using workflow_steps as s
where s.step_id = e.step_id and s.step_number = 2 and s.trace_id = 910004
$$),
($$ delete from workflow_trace_screenshot where trace_id = 910004 and step_index > 2 $$),
($$ delete from workflow_trace_context where trace_id = 910004 $$),
($$ delete from workflow_trace_endpoint where trace_id = 910004 and endpoint_id in (1, 3, 99) $$),
($$ delete from workflow_steps where trace_id = 910003 and step_number in (2, 30) $$),
($$ delete from workflow_steps where step_id = -77 $$),
($$ delete from workflow_trace where trace_id = 910005 $$),
($$ delete from workflow_trace where trace_id = -77 $$),
-- A key that is free again can be used again.
($$
insert into workflow_steps (step_id, trace_id, step_number, node_id)
values (9100032, 910003, 2, '11111111-0000-4000-8000-00000000e002')
$$),
($$ insert into workflow_trace_endpoint values (910004, 1) $$),
($$ insert into workflow_trace_context (context_id, trace_id, key, value)
    values (9100049, 910004, 'key 1', '{}') $$),
-- One statement over several old names.
($$
with started as (
    insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    values (
        910006, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001'
    )
    returning trace_id
)
select s.trace_id from started as s
$$),
($$ insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    values (
        910001, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001'
    )
    on conflict (trace_id) do update set channel = excluded.channel, success = true $$),
($$ insert into workflow_steps (step_id, trace_id, step_number, node_id)
    values (9100019, 910001, 1, '11111111-0000-4000-8000-00000000e009')
    on conflict (trace_id, step_number) do update set node_id = excluded.node_id $$);

-- What the old table refused.
insert into old_statement (fails, statement)
values
(true, $$ insert into workflow_trace (trace_id, org_id) values (910001, null) $$),
(true, $$ update workflow_trace set trace_id = 910002 where trace_id = 910006 $$),
(true, $$ update workflow_trace set trace_id = 910077 where trace_id = 910001 $$),
(true, $$ update workflow_trace set trace_id = null where trace_id = 910006 $$),
(true, $$ update workflow_trace set created_at = null where trace_id = 910001 $$),
(true, $$ update workflow_trace set external_id = repeat('x', 256) where trace_id = 910001 $$),
(true, $$ update workflow_trace set nothing = 1 $$),
(true, $$ insert into workflow_steps (trace_id, step_number) values (-77, 1) $$),
(true, $$ insert into workflow_steps (trace_id, step_number, node_id)
    values (-77, 1, '11111111-0000-4000-8000-00000000e001') $$),
(true, $$ insert into workflow_steps (trace_id, step_number, node_id)
    values (910001, 2, '11111111-0000-4000-8000-00000000e001') $$),
(true, $$ insert into workflow_steps (step_id, trace_id, step_number, node_id)
    values (9100011, 910001, 99, '11111111-0000-4000-8000-00000000e001') $$),
(true, $$ update workflow_steps set retry_count = null where step_id = 9100011 $$),
(true, $$ update workflow_steps set step_number = null where step_id = 9100011 $$),
(true, $$ update workflow_steps set trace_id = null where step_id = 9100031 $$),
(true, $$ update workflow_steps set trace_id = -77 where step_id = 9100032 $$),
(true, $$ update workflow_steps set step_number = 1 where step_id = 9100012 $$),
(true, $$ update workflow_steps set step_id = 9100077 where step_id = 9100012 $$),
(true, $$ update workflow_steps set step_id = 9100011 where step_id = 9100032 $$),
(true, $$ insert into workflow_events (trace_id, event_type) values (910001, 'a') $$),
(true, $$ insert into workflow_events (trace_id, event_type, event_data)
    values (910001, null, '1') $$),
(true, $$ insert into workflow_events (trace_id, event_type, event_data) values (-77, 'a', '1') $$),
(true, $$ insert into workflow_events (trace_id, step_id, event_type, event_data)
    values (910001, -77, 'a', '1') $$),
(true, $$ insert into workflow_events (trace_id, event_type, event_data)
    values (910001, repeat('x', 101), '1') $$),
(true, $$ insert into workflow_events (event_id, trace_id, event_type, event_data)
    values (910999, 910001, 'a', '1') $$),
(true, $$ insert into workflow_events (trace_id, event_type, event_data, "timestamp")
    values (910001, 'a', '1', null) $$),
(true, $$ insert into workflow_events (trace_id, event_type, event_data)
    values (910001, 'a', '{') $$),
(true, $$ update workflow_events set event_id = 910902 where event_id = 910999 $$),
(true, $$ update workflow_events set event_id = null where event_id = 910999 $$),
(true, $$ update workflow_events set step_id = -77 where event_id = 910999 $$),
(true, $$ update workflow_events set trace_id = -77 where event_id = 910999 $$),
(true, $$ update workflow_events set event_data = null where event_id = 910999 $$),
(true, $$ insert into workflow_trace_screenshot (
        screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
        node_id
    )
    select
        s.screenshot_id, s.trace_id, s.org_id, 'a', 1, '', '', s.node_id
    from workflow_trace_screenshot as s
    where s.trace_id = 910001 and s.step_index = 2
    limit 1 $$),
(true, $$ update workflow_trace_screenshot set confidence_score = 9.995 where trace_id = 910001 $$),
(true, $$ update workflow_trace_screenshot set node_name = repeat('x', 256)
    where trace_id = 910001 $$),
(true, $$ update workflow_trace_screenshot set action_description = null
    where trace_id = 910001 $$),
(true, $$ update workflow_trace_screenshot set trace_id = -77 where trace_id = 910001 $$),
(true, $$ insert into workflow_trace_context (trace_id, key, value)
    values (910001, 'moved', '1') $$),
(true, $$ insert into workflow_trace_context (trace_id, key, value) values (-77, 'a', '1') $$),
(true, $$ insert into workflow_trace_context (trace_id, key, value) values (910001, 'a', null) $$),
(true, $$ insert into workflow_trace_context (trace_id, key, value)
    values (910001, repeat('k', 256), '1') $$),
(true, $$ insert into workflow_trace_context (context_id, trace_id, key, value)
    values (910888, 910001, 'new', '1') $$),
(true, $$ update workflow_trace_context set key = 'key 1'
    where trace_id = 910001 and key = 'key 2' $$),
(true, $$ update workflow_trace_context set context_id = 910888
    where trace_id = 910001 and key = 'key 2' $$),
(true, $$ insert into workflow_trace_endpoint values (910001, 1) $$),
(true, $$ insert into workflow_trace_endpoint values (-77, 1) $$),
(true, $$ insert into workflow_trace_endpoint values (910001, null) $$),
(true, $$ update workflow_trace_endpoint set endpoint_id = 2 where trace_id = 910001
    and endpoint_id = 1 $$),
(true, $$ update workflow_trace_endpoint set trace_id = 910001 where trace_id = 910004
    and endpoint_id = 1 $$);

create temporary table ran as
select
    o.ordinal,
    o.statement,
    o.fails,
    pg_temp.outcome(o.statement, 'legacy') as on_table,
    pg_temp.outcome(o.statement, 'public') as on_view
from (select * from old_statement order by ordinal) as o;

select plan(2 * (select count(*)::integer from old_statement) + 8);

select is(
    r.on_view, r.on_table,
    'the same under the old name: ' || left(regexp_replace(trim(r.statement), '\s+', ' ', 'g'), 90)
)
from ran as r
order by r.ordinal;
select is(
    r.on_table like 'error %', r.fails,
    'the old table ' || case when r.fails then 'refuses: ' else 'accepts: ' end
    || left(regexp_replace(trim(r.statement), '\s+', ' ', 'g'), 90)
)
from ran as r
order by r.ordinal;

-- And so is what the statements left behind. Ids that a sequence gave are left out.
select bag_eq(
    format(c.query, 'public'), format(c.query, 'legacy'),
    format('afterwards %s shows what the old table holds', c.old_name)
)
from (
    values
    (
        'workflow_trace',
        $$
        select t.* from %1$s.workflow_trace as t where t.trace_id between 910000 and 920999
        union all
        select
            null, t.batch_job_item_id, t.org_id, t.workflow_id, t.channel, t.external_id, t.status,
            t.action_type, t.action_detail, t.success, t.duration_ms, t.error_detail,
            t.error_message, t.llm_prompt, t.llm_response, t.llm_model, t.llm_tokens_used, t.tier,
            t.tier_reason, t.config_snapshot, t.start_time, t.end_time, t.created_at, t.user_id,
            t.created_by, t.session_id
        from %1$s.workflow_trace as t
        where t.external_id = 'an id from the sequence'
        $$
    ),
    (
        'workflow_steps',
        'select s.* from %s.workflow_steps as s where s.trace_id between 910000 and 920999'
    ),
    (
        'workflow_events',
        $$
        select
            case when e.event_id between 910000 and 99999999 then e.event_id end, e.trace_id,
            e.step_id, e.event_type, e.event_data::text, e."timestamp"
        from %s.workflow_events as e
        where e.trace_id between 910000 and 920999
        $$
    ),
    (
        'workflow_trace_screenshot',
        $$
        select
            case when s.screenshot_id < '20000000-0000-0000-0000-000000000000'
                and s.trace_id < 920000 then s.screenshot_id end,
            s.trace_id, s.org_id, s.node_name, s.step_index, s.screenshot_url, s.thumbnail_url,
            s.action_description, s.element_selector, s.element_found, s.confidence_score,
            s.created_at, s.node_id
        from %s.workflow_trace_screenshot as s
        where s.trace_id between 910000 and 920999
        $$
    ),
    (
        'workflow_trace_context',
        $$
        select
            case when c.context_id between 910000 and 9999999 then c.context_id end, c.trace_id,
            c.key, c.value::text, c.created_at, c.updated_at
        from %s.workflow_trace_context as c
        where c.trace_id between 910000 and 920999
        $$
    ),
    (
        'workflow_trace_endpoint',
        'select e.* from %s.workflow_trace_endpoint as e where e.trace_id between 910000 and 920999'
    )
) as c (old_name, query);
select cmp_ok(
    (
        select count(*)::integer
        from legacy.workflow_events as e
        where e.trace_id between 910000 and 920999
    ),
    '>', 10, 'the statements left events behind to compare'
);
select is(consolidation.phase(), 'cut over', 'the database knows that it is cut over');

select * from finish();
rollback;
