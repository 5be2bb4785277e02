-- Runs in which anything differs, found fast: rows that are no elements, and all six
-- together.

begin;
select plan(77);

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

-- Organisations of steps, keys and the like are guarded by triggers, which damage goes around.
set local session_replication_role = replica;
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
        'a changed batch_job_item_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set batch_job_item_id = gen_random_uuid()
        where trace_id = 910001 $$
    ),
    (
        'a changed org_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set org_id = gen_random_uuid() where trace_id = 910001 $$
    ),
    (
        'a changed workflow_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set workflow_id = gen_random_uuid()
        where trace_id = 910001 $$
    ),
    (
        'a changed channel of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set channel = coalesce(channel, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed external_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set external_id = coalesce(external_id, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed status of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set status = coalesce(status, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed action_type of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set action_type = coalesce(action_type, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed action_detail of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set action_detail = '"x"' where trace_id = 910001 $$
    ),
    (
        'a changed success of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set success = success is not true where trace_id = 910001 $$
    ),
    (
        'a changed duration_ms of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set duration_ms = coalesce(duration_ms, 0) + 1
        where trace_id = 910001 $$
    ),
    (
        'a changed error_detail of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set error_detail = '"x"' where trace_id = 910001 $$
    ),
    (
        'a changed error_message of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set error_message = coalesce(error_message, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed llm_prompt of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set llm_prompt = coalesce(llm_prompt, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed llm_response of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set llm_response = coalesce(llm_response, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed llm_model of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set llm_model = coalesce(llm_model, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed llm_tokens_used of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set llm_tokens_used = coalesce(llm_tokens_used, 0) + 1
        where trace_id = 910001 $$
    ),
    (
        'a changed tier of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set tier = coalesce(tier, 0) + 1 where trace_id = 910001 $$
    ),
    (
        'a changed tier_reason of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set tier_reason = coalesce(tier_reason, '') || '!'
        where trace_id = 910001 $$
    ),
    (
        'a changed config_snapshot of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set config_snapshot = '"x"' where trace_id = 910001 $$
    ),
    (
        'a changed start_time of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set start_time = coalesce(start_time, now()) + interval '1 microsecond'
        where trace_id = 910001 $$
    ),
    (
        'a changed end_time of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set end_time = coalesce(end_time, now()) + interval '1 microsecond'
        where trace_id = 910001 $$
    ),
    (
        'a changed created_at of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set created_at = coalesce(created_at, now()) + interval '1 microsecond'
        where trace_id = 910001 $$
    ),
    (
        'a changed user_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace set user_id = gen_random_uuid() where trace_id = 910001 $$
    ),
    (
        'a changed created_by of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set created_by = gen_random_uuid()
        where trace_id = 910001 $$
    ),
    (
        'a changed session_id of workflow_trace',
        'trace', false,
        $$ update legacy.workflow_trace
        set session_id = gen_random_uuid()
        where trace_id = 910001 $$
    ),
    (
        'a changed status of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set status = coalesce(status, '') || '!'
        where step_id = 910101 $$
    ),
    (
        'a changed input_data of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps set input_data = '"x"' where step_id = 910101 $$
    ),
    (
        'a changed output_data of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps set output_data = '"x"' where step_id = 910101 $$
    ),
    (
        'a changed error_message of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set error_message = coalesce(error_message, '') || '!'
        where step_id = 910101 $$
    ),
    (
        'a changed start_time of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set start_time = coalesce(start_time, now()) + interval '1 microsecond'
        where step_id = 910101 $$
    ),
    (
        'a changed end_time of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set end_time = coalesce(end_time, now()) + interval '1 microsecond'
        where step_id = 910101 $$
    ),
    (
        'a changed duration_ms of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set duration_ms = coalesce(duration_ms, 0) + 1
        where step_id = 910101 $$
    ),
    (
        'a changed retry_count of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps
        set retry_count = coalesce(retry_count, 0) + 1
        where step_id = 910101 $$
    ),
    (
        'a changed metadata of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps set metadata = '"x"' where step_id = 910101 $$
    ),
    (
        'a changed node_id of workflow_steps',
        'step', false,
        $$ update legacy.workflow_steps set node_id = gen_random_uuid() where step_id = 910101 $$
    ),
    (
        '1.1 instead of 1.10',
        'trace', false,
        $$ update public.user_workflow_run
        set legacy_action_detail = '{"n": 1.1}'
        where legacy_trace_id = 910001 $$
    ),
    (
        '1.1 instead of 1.10 in a step',
        'step', false,
        $$ update public.user_workflow_run_step
        set input_data = '{"n": 1.1}'
        where legacy_step_id = 910101 $$
    ),
    (
        'a JSON null instead of nothing',
        'trace', false,
        $$ update public.user_workflow_run
        set error_details = 'null'
        where legacy_trace_id = 910001 $$
    ),
    (
        'a JSON null instead of nothing in a step',
        'step', false,
        $$ update public.user_workflow_run_step
        set input_data = 'null'
        where legacy_step_id = 910102 $$
    ),
    (
        'an empty text instead of nothing',
        'trace', false,
        $$ update public.user_workflow_run set error_message = '' where legacy_trace_id = 910001 $$
    ),
    (
        'another key of a run, which its steps do not follow,',
        'event screenshot step trace', false,
        $$ update public.user_workflow_run
        set run_id = '11111111-0000-4000-8000-00000000a009'
        where legacy_trace_id = 910001 $$
    ),
    (
        'another key of a step',
        'step', false,
        $$ update public.user_workflow_run_step
        set step_id = '11111111-0000-4000-8000-00000000b009'
        where legacy_step_id = 910101 $$
    ),
    (
        'error_details of a step',
        'step', false,
        $$ update public.user_workflow_run_step
        set error_details = '{}'
        where legacy_step_id = 910101 $$
    ),
    (
        'a context that is no object',
        'context trace', false,
        $$ update public.user_workflow_run set context = '[]' where legacy_trace_id = 910001 $$
    ),
    (
        'events of a step that are no array',
        'event step', false,
        $$ update public.user_workflow_run_step set events = '{}' where legacy_step_id = 910101 $$
    ),
    (
        'a step of another organisation',
        'step', false,
        $$ update public.user_workflow_run_step
        set org_id = '22222222-0000-4000-8000-000000000000'
        where legacy_step_id = 910101 $$
    ),
    (
        'a step that is gone',
        'event screenshot step', false,
        $$ delete from public.user_workflow_run_step where legacy_step_id = 910101 $$
    ),
    (
        'a changed status',
        'trace', true,
        $$ update public.user_workflow_run set status = 'x' where legacy_trace_id = 910001 $$
    ),
    (
        'a changed status of a step',
        'step', true,
        $$ update public.user_workflow_run_step set status = 'x' where legacy_step_id = 910101 $$
    ),
    (
        'another digit',
        'trace', true,
        $$ update public.user_workflow_run
        set legacy_action_detail = '{"n": 1.1}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'another key of a run and its steps',
        null, true,
        $$ with step as (
            update public.user_workflow_run_step
            set run_id = '11111111-0000-4000-8000-00000000a009'
            where legacy_trace_id = 910001
        )
        update public.user_workflow_run set run_id = '11111111-0000-4000-8000-00000000a009'
        where legacy_trace_id = 910001 $$
    ),
    (
        'error_details of a step',
        null, true,
        $$ update public.user_workflow_run_step
        set error_details = '{}'
        where legacy_step_id = 910101 $$
    ),
    (
        'a key without its origin',
        'context', false,
        $$ update public.user_workflow_run set legacy = null where legacy_trace_id = 910001 $$
    ),
    (
        'an origin with another time',
        'context', false,
        $$ update public.user_workflow_run
        set legacy = jsonb_set(legacy, '{context,k,created_at}', '"2025-01-14T10:30:01Z"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an origin whose time is written in another way',
        'context', false,
        $$ update public.user_workflow_run
        set legacy = jsonb_set(legacy, '{context,k,created_at}', '"2025-01-14 10:30:00+00"')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an origin with another id',
        'context', false,
        $$ update public.user_workflow_run
        set legacy = jsonb_set(legacy, '{context,k,context_id}', '7')
        where legacy_trace_id = 910001 $$
    ),
    (
        'an old row with another id',
        'context', false,
        $$ update legacy.workflow_trace_context set context_id = 910599 where context_id = 910501 $$
    ),
    (
        'a value of the same number that is written in another way',
        'context', false,
        $$ update legacy.workflow_trace_context set value = '1.1' where context_id = 910501 $$
    ),
    (
        'an update that has no time any more',
        'context', false,
        $$ update legacy.workflow_trace_context set updated_at = null where context_id = 910502 $$
    ),
    (
        'a key more',
        'context', false,
        $$ update public.user_workflow_run
        set context = context || '{"m": 1}'
        where legacy_trace_id = 910001 $$
    ),
    (
        'endpoints in another order',
        'endpoint', false,
        $$ update public.user_workflow_run
        set endpoints_used = '[8, 7]'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an endpoint that is there twice',
        'endpoint', false,
        $$ update public.user_workflow_run
        set endpoints_used = '[7, 7, 8]'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an endpoint that is a text',
        'endpoint', false,
        $$ update public.user_workflow_run
        set endpoints_used = endpoints_used || '"orders"'
        where legacy_trace_id = 910001 $$
    ),
    (
        'an endpoint that is gone from the old table',
        'endpoint', false,
        $$ delete from legacy.workflow_trace_endpoint where trace_id = 910001 and endpoint_id = 8 $$
    ),
    (
        'a changed value',
        'context', true,
        $$ update public.user_workflow_run
        set context = context || '{"k": 2}', legacy = legacy
        where legacy_trace_id = 910001 $$
    ),
    (
        'an endpoint more',
        'endpoint', true,
        $$ update public.user_workflow_run
        set endpoints_used = endpoints_used || '9'
        where legacy_trace_id = 910001 $$
    ),
    (
        'a key that is too long',
        null, true,
        $$ update public.user_workflow_run
        set context = context || jsonb_build_object(repeat('x', 256), 1), legacy = legacy
        where legacy_trace_id = 910001 $$
    ),
    (
        'endpoints that are there twice, in another order, with a text',
        null, true,
        $$ update public.user_workflow_run
        set endpoints_used = '[8, 7, 8, "orders"]'
        where legacy_trace_id = 910001 $$
    )
) as d (damage, found, loose, statement);

-- All six -----------------------------------------------------------------------------------------

select is(
    consolidation.suspects(-9223372036854775808, 9223372036854775807, null), '{}'::bigint [],
    'in what was deployed and carried over there is nothing to suspect'
);
update public.user_workflow_run set events = '[]', status = 'x' where legacy_trace_id = 910001;
insert into legacy.workflow_trace_endpoint values (910002, 7);
insert into legacy.workflow_trace (trace_id, org_id)
values (910003, '11111111-0000-4000-8000-000000000000');
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values (
    '11111111-0000-4000-8000-00000000a004', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910004
);
create function pg_temp.suspects(lo bigint, hi bigint, ids bigint [] default null)
returns bigint []
language sql
as $$
select array(select s.id from unnest(consolidation.suspects(lo, hi, ids)) as s (id) order by s.id)
$$;
select is(
    pg_temp.suspects(-9223372036854775808, 9223372036854775807),
    '{910001,910002,910003,910004}'::bigint [],
    'each run is named once; those that only one side knows as well'
);
select is(
    pg_temp.suspects(910002, 910003), '{910002,910003}'::bigint [], 'a range is kept to'
);
select is(
    pg_temp.suspects(910001, 910004, '{910002,910004}'), '{910002,910004}'::bigint [],
    'ids are kept to'
);
select is(pg_temp.suspects(910002, 910001), '{}'::bigint [], 'an empty range has none');
select is(pg_temp.suspects(910001, 910004, '{}'), '{}'::bigint [], 'no ids have none');
reset session_replication_role;
set local role workflow_app;
select throws_ok(
    'select consolidation.suspects(1, 1, null)', '42501', null, 'applications cannot compare'
);
reset role;
set local role workflow_maintenance;
select lives_ok('select consolidation.suspects(1, 1, null)', 'maintenance can');
reset role;

select * from finish();
rollback;
