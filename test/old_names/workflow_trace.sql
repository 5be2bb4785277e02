-- The old name workflow_trace: a view of user_workflow_run, automatically updatable.

begin;
select plan(55);

-- Hospital North (1…), Hospital South (2…).
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms,
    config_snapshot, error_message, error_details, llm_prompt, llm_response, llm_model,
    llm_tokens_used, tier, tier_reason, created_at, created_by, legacy_trace_id,
    legacy_batch_job_item_id, legacy_action_type, legacy_action_detail, legacy_success,
    legacy_user_id, legacy_session_id
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'failed', 'efax', 'CLAIM-1',
    '2025-01-14 10:30:00+00', '2025-01-14 10:31:00+00', 60000,
    '[{"name": "retries"}]', 'no answer', '{"code": 17}', 'a prompt', 'a response', 'a-model',
    42, 2, 'fallback', '2025-01-14 10:29:00+00', '11111111-0000-4000-8000-00000000d001', 910001,
    '11111111-0000-4000-8000-00000000f001', 'claim_status', '{"payer": 7}', false,
    '11111111-0000-4000-8000-00000000f002', '11111111-0000-4000-8000-00000000f003'
);
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002
),
(
    '11111111-0000-4000-8000-00000000a003', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910003
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001
);

-- Shape -------------------------------------------------------------------------------------------

select has_view('public', 'workflow_trace', 'workflow_trace is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'public.workflow_trace'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_trace'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

select results_eq(
    'select t.* from public.workflow_trace as t where t.trace_id = 910001',
    $$
    values (
        910001::bigint, '11111111-0000-4000-8000-00000000f001'::uuid,
        '11111111-0000-4000-8000-000000000000'::uuid,
        '11111111-0000-4000-8000-00000000c001'::uuid, 'efax'::text, 'CLAIM-1'::varchar(255),
        'failed'::text, 'claim_status'::text, '{"payer": 7}'::jsonb, false, 60000,
        '{"code": 17}'::jsonb, 'no answer'::text, 'a prompt'::text, 'a response'::text,
        'a-model'::varchar(100), 42, 2::smallint, 'fallback'::text,
        '[{"name": "retries"}]'::jsonb, '2025-01-14 10:30:00+00'::timestamptz,
        '2025-01-14 10:31:00+00'::timestamptz, '2025-01-14 10:29:00+00'::timestamptz,
        '11111111-0000-4000-8000-00000000f002'::uuid,
        '11111111-0000-4000-8000-00000000d001'::uuid,
        '11111111-0000-4000-8000-00000000f003'::uuid
    )
    $$,
    'a run reads as the row that the old table would hold'
);
select bag_eq(
    $$
    select t.* from public.workflow_trace as t
    where t.trace_id not in (910001, 910002, 910003, 920001)
    $$,
    'select t.* from legacy.workflow_trace as t',
    'carried-over runs read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_trace), '>', 100,
    'there are carried-over runs to compare'
);

-- Insert ------------------------------------------------------------------------------------------

prepare insert_trace as
insert into public.workflow_trace (org_id, workflow_id, channel, created_by)
values (
    '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'voice',
    '11111111-0000-4000-8000-00000000d002'
)
returning status, success, created_at = now(), trace_id is not null, duration_ms;
select results_eq(
    'insert_trace',
    $$ values ('pending', false, true, true, null::integer) $$,
    'an insert returns the defaults of the old table'
);
select results_eq(
    $$
    select
        r.status, r.context, r.endpoints_used, r.events, r.screenshots, r.updated_at
    from public.user_workflow_run as r
    where r.created_by = '11111111-0000-4000-8000-00000000d002'
    $$,
    $$
    values (
        'pending', '{}'::jsonb, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, null::timestamptz
    )
    $$,
    'an inserted trace is a run with empty documents'
);
select is(
    (
        select count(*)::integer
        from public.user_workflow_run as r
        where r.created_by = '11111111-0000-4000-8000-00000000d002' and r.run_id is not null
    ),
    1,
    'an inserted trace has a run_id'
);
select is(
    (
        select count(*)::integer
        from public.user_workflow_run as r
        where
            r.legacy_trace_id = (
                select t.trace_id from public.workflow_trace as t
                where t.created_by = '11111111-0000-4000-8000-00000000d002'
            )
    ),
    1,
    'the trace_id that an insert gives is that of one run'
);
select results_eq(
    $$
    insert into public.workflow_trace (
        trace_id, org_id, workflow_id, channel, status, success, created_by, error_detail,
        start_time,
        end_time, action_type, action_detail, session_id, user_id, batch_job_item_id
    )
    values (
        910010, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', 'active', true, '11111111-0000-4000-8000-00000000d001', '{"a": 1}',
        '2025-02-01 00:00:00+00', '2025-02-02 00:00:00+00', 'type', '[1]',
        '11111111-0000-4000-8000-00000000f003', '11111111-0000-4000-8000-00000000f002',
        '11111111-0000-4000-8000-00000000f001'
    )
    returning trace_id, status, success
    $$,
    $$ values (910010::bigint, 'active', true) $$,
    'an insert keeps an explicit trace_id'
);
select results_eq(
    $$
    select
        r.status, r.error_details, r.started_at, r.ended_at, r.legacy_action_type,
        r.legacy_action_detail, r.legacy_session_id, r.legacy_user_id, r.legacy_batch_job_item_id,
        r.legacy_success
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910010
    $$,
    $$
    values (
        'active', '{"a": 1}'::jsonb, '2025-02-01 00:00:00+00'::timestamptz,
        '2025-02-02 00:00:00+00'::timestamptz, 'type', '[1]'::jsonb,
        '11111111-0000-4000-8000-00000000f003'::uuid, '11111111-0000-4000-8000-00000000f002'::uuid,
        '11111111-0000-4000-8000-00000000f001'::uuid, true
    )
    $$,
    'every inserted column arrives where the run keeps it; a status stays what it was'
);
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_trace (org_id, workflow_id, channel, created_by)
        select
            '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
            '11111111-0000-4000-8000-00000000d003'
        from generate_series(1, 3)
        returning trace_id
    )
    select count(distinct i.trace_id)::integer from inserted as i
    $$,
    'values (3)',
    'rows of one insert get different ids'
);
select lives_ok(
    'select nextval(''workflow_trace_trace_id_seq'')',
    'nextval of the old sequence goes on working'
);
select is_empty(
    $$
    select from public.workflow_trace as t
    where t.trace_id = nextval('public.workflow_trace_trace_id_seq')
    $$,
    'nextval of the old sequence never gives a used id'
);
select results_eq(
    $$
    with fetched as materialized (select nextval('public.workflow_trace_trace_id_seq') as id),
    inserted as (
        insert into public.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
        select
            f.id, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
            'web', '11111111-0000-4000-8000-00000000d001'
        from fetched as f
        returning trace_id
    )
    select i.trace_id = f.id from inserted as i cross join fetched as f
    $$,
    'values (true)',
    'an id fetched with nextval can be inserted'
);

-- Errors ------------------------------------------------------------------------------------------

select throws_ok(
    $$
    insert into public.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    values (
        910001, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001'
    )
    $$,
    '23505', null, 'a used trace_id is refused'
);
select throws_ok(
    format(
        $$
        insert into public.workflow_trace (
            trace_id, org_id, workflow_id, channel, created_by, status
        )
        select
            910099, %s, %s, %s, %s, %s
        $$,
        case c.name when 'org_id' then 'null::uuid'
        else '''11111111-0000-4000-8000-000000000000''::uuid' end,
        case c.name when 'workflow_id' then 'null::uuid'
        else '''11111111-0000-4000-8000-00000000c001''::uuid' end,
        case c.name when 'channel' then 'null' else '''web''' end,
        case c.name when 'created_by' then 'null::uuid'
        else '''11111111-0000-4000-8000-00000000d001''::uuid' end,
        case c.name when 'status' then 'null' else '''pending''' end
    ),
    '23502', null,
    format('a trace without %s is refused: nothing is invented for it', c.name)
)
from unnest(array['org_id', 'workflow_id', 'channel', 'created_by', 'status']) as c (name);
select throws_ok(
    $$
    insert into public.workflow_trace (
        trace_id, org_id, workflow_id, channel, created_by, created_at
    )
    values (
        910099, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001', null
    )
    $$,
    '23502', null, 'a null created_at is refused'
);
select throws_ok(
    $$
    insert into public.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    values (
        null, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001'
    )
    $$,
    '23502', null, 'a null trace_id is refused'
);
select throws_ok(
    $$ update public.workflow_trace set external_id = repeat('x', 256) where trace_id = 910001 $$,
    '22001', null, 'an external_id of 256 characters is refused'
);
select lives_ok(
    $$ update public.workflow_trace set external_id = repeat('x', 255) where trace_id = 910001 $$,
    'an external_id of 255 characters is kept'
);
select throws_ok(
    $$ update public.workflow_trace set llm_model = repeat('x', 101) where trace_id = 910001 $$,
    '22001', null, 'an llm_model of 101 characters is refused'
);
select throws_ok(
    $$ update public.workflow_trace set tier = 32768 where trace_id = 910001 $$,
    '22003', null, 'a tier out of range is refused'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_trace
    set status = 'completed', success = true, end_time = '2025-01-14 11:00:00+00'
    where trace_id = 910001
    returning status, success, end_time
    $$,
    $$ values ('completed', true, '2025-01-14 11:00:00+00'::timestamptz) $$,
    'an update returns the new values'
);
select results_eq(
    $$
    select r.status, r.legacy_success, r.ended_at, r.duration_ms, r.updated_at = now()
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910001
    $$,
    $$ values ('completed', true, '2025-01-14 11:00:00+00'::timestamptz, 60000, true) $$,
    'an update changes the run, only what it names, and stamps it'
);
select is_empty(
    $$ update public.workflow_trace set status = 'failed' where trace_id = 999999999 returning 1 $$,
    'an update of an unknown trace_id changes no row'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_trace set tier = 3 where trace_id in (910001, 910002)
        returning trace_id
    )
    select u.trace_id from updated as u order by u.trace_id
    $$,
    'values (910001::bigint), (910002)',
    'an update of several traces changes each'
);
select is(
    (select r.tier from public.user_workflow_run as r where r.legacy_trace_id = 910003),
    null,
    'an update of several traces changes no other'
);
select throws_ok(
    $$ update public.workflow_trace set channel = null where trace_id = 910001 $$,
    '23502', null, 'an update cannot take the channel away'
);
select throws_ok(
    $$ update public.workflow_trace set trace_id = 910002 where trace_id = 910003 $$,
    '23505', null, 'a trace_id cannot become a used one'
);
select results_eq(
    $$ update public.workflow_trace set trace_id = 910033 where trace_id = 910003
    returning trace_id $$,
    'values (910033::bigint)',
    'a trace_id that nothing belongs to can change'
);
select lives_ok(
    $$ update public.workflow_trace set trace_id = 910001 where trace_id = 910001 $$,
    'a trace_id can be set to what it is'
);

-- What the old foreign keys kept: a trace_id does not change while something belongs to it.
create temporary table child (kind text, statement text);
insert into child (kind, statement)
values
(
    'a step',
    $$
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values (
        '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000e001', 1
    )
    $$
),
(
    'context',
    $$ update public.user_workflow_run set context = '{"a": 1}' where legacy_trace_id = 910002 $$
),
(
    'an endpoint',
    $$ update public.user_workflow_run set endpoints_used = '[1]' where legacy_trace_id = 910002 $$
),
(
    'an event',
    $$
    update public.user_workflow_run set events = '[{"type": "a"}]' where legacy_trace_id = 910002
    $$
),
(
    'a screenshot',
    $$
    update public.user_workflow_run set screenshots = '[{"url": "a"}]'
    where legacy_trace_id = 910002
    $$
);
select throws_ok(
    format(
        'do %L',
        format(
            'begin %s; update public.workflow_trace set trace_id = 910022
            where trace_id = 910002; end',
            c.statement
        )
    ),
    '23503', null,
    format('a trace_id that %s belongs to cannot change', c.kind)
)
from child as c;

-- on conflict -------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_trace as t (
        trace_id, org_id, workflow_id, channel, created_by, status
    )
    values (
        910001, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001', 'running'
    )
    on conflict (trace_id) do update set status = excluded.status
    returning t.status, t.channel
    $$,
    $$ values ('running', 'efax') $$,
    'on conflict do update works on trace_id'
);
select is_empty(
    $$
    insert into public.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    values (
        910001, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001',
        'web', '11111111-0000-4000-8000-00000000d001'
    )
    on conflict do nothing
    returning 1
    $$,
    'on conflict do nothing works'
);
select throws_ok(
    'truncate public.workflow_trace', '42809', null, 'truncate is refused: it is a view'
);

-- Delete ------------------------------------------------------------------------------------------

insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, events, screenshots
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, '[{"type": "a"}]', '[{"url": "a"}]'
);
insert into public.workflow_events (trace_id, event_type, event_data) values (910001, 'a', '1');
insert into public.workflow_trace_context (trace_id, key, value) values (910001, 'a', '1');
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (910001, 1);
select is(
    (select count(*)::integer from public.workflow_events as e where e.trace_id = 910001),
    2,
    'control: the trace has events on itself and on its step'
);
select results_eq(
    'delete from public.workflow_trace where trace_id = 910001 returning trace_id',
    'values (910001::bigint)',
    'a delete returns the trace'
);
select is_empty(
    format('select from public.%I where trace_id = 910001', c.old_name),
    format('deleting a trace deletes its rows of %s', c.old_name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as c (old_name);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    where s.step_id = '11111111-0000-4000-8000-00000000b001'
    $$,
    'deleting a trace deletes its steps'
);
select is_empty(
    'delete from public.workflow_trace where trace_id = 910001 returning 1',
    'a delete of an unknown trace_id deletes no row'
);
select isnt_empty(
    'select from public.workflow_trace as t where t.trace_id in (910002, 920001)',
    'a delete touches no other trace'
);

select * from finish();
rollback;
