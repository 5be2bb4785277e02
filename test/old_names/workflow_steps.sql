-- The old name workflow_steps: a view of user_workflow_run_step, automatically updatable.

begin;
select plan(55);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms,
    input_data, output_data, error_message, error_details, metadata, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 'failed', 2, '2025-01-14 10:30:00+00',
    '2025-01-14 10:31:00+00', 60000, '{"in": 1}', '{"out": null}', 'no answer', '{"code": 17}',
    '{"meta": []}', 910101
);
insert into public.user_workflow_run_step (step_id, run_id, node_id, step_number, legacy_step_id)
values
(
    '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e002', 2, 910102
),
(
    '11111111-0000-4000-8000-00000000b003', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e003', 3, 910103
);

-- Shape -------------------------------------------------------------------------------------------

select has_view('public', 'workflow_steps', 'workflow_steps is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'public.workflow_steps'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_steps'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

select results_eq(
    'select s.* from public.workflow_steps as s where s.step_id = 910101',
    $$
    values (
        910101::bigint, 910001::bigint, 1, 'failed'::text, '{"in": 1}'::jsonb,
        '{"out": null}'::jsonb, 'no answer'::text, '2025-01-14 10:30:00+00'::timestamptz,
        '2025-01-14 10:31:00+00'::timestamptz, 60000, 2, '{"meta": []}'::jsonb,
        '11111111-0000-4000-8000-00000000e001'::uuid
    )
    $$,
    'a step reads as the row that the old table would hold'
);
select bag_eq(
    'select s.* from public.workflow_steps as s where s.trace_id not in (910001, 910002, 920001)',
    'select s.* from legacy.workflow_steps as s',
    'carried-over steps read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_steps), '>', 100,
    'there are carried-over steps to compare'
);

-- Insert ------------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_steps (trace_id, step_number, node_id)
    values (910002, 1, '11111111-0000-4000-8000-00000000e001')
    returning step_id is not null, trace_id, status, retry_count, metadata, input_data
    $$,
    $$ values (true, 910002::bigint, 'pending', 0, null::jsonb, null::jsonb) $$,
    'an insert returns the defaults of the old table, where metadata had none'
);
select results_eq(
    $$
    select s.run_id, s.org_id, s.legacy_trace_id, s.events, s.screenshots, s.metadata
    from public.user_workflow_run_step as s
    where s.legacy_trace_id = 910002
    $$,
    $$
    values (
        '11111111-0000-4000-8000-00000000a002'::uuid, '11111111-0000-4000-8000-000000000000'::uuid,
        910002::bigint, '[]'::jsonb, '[]'::jsonb, null::jsonb
    )
    $$,
    'an inserted step gets the run and the organisation of its trace'
);
select results_eq(
    $$
    insert into public.workflow_steps (
        step_id, trace_id, step_number, status, input_data, output_data, error_message, start_time,
        end_time, duration_ms, retry_count, metadata, node_id
    )
    values (
        910202, 910002, 2, 'running', '1', '2', 'message', '2025-02-01 00:00:00+00',
        '2025-02-02 00:00:00+00', 5, 6, '{"a": 7}', '11111111-0000-4000-8000-00000000e002'
    )
    returning step_id, metadata
    $$,
    $$ values (910202::bigint, '{"a": 7}'::jsonb) $$,
    'an insert keeps an explicit step_id and metadata'
);
select results_eq(
    $$
    select
        s.status, s.input_data, s.output_data, s.error_message, s.started_at, s.ended_at,
        s.duration_ms, s.retry_count, s.node_id
    from public.user_workflow_run_step as s
    where s.legacy_step_id = 910202
    $$,
    $$
    values (
        'running', '1'::jsonb, '2'::jsonb, 'message', '2025-02-01 00:00:00+00'::timestamptz,
        '2025-02-02 00:00:00+00'::timestamptz, 5, 6, '11111111-0000-4000-8000-00000000e002'::uuid
    )
    $$,
    'every inserted column arrives where the step keeps it'
);
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_steps (trace_id, step_number, node_id)
        select 910002, 10 + n, '11111111-0000-4000-8000-00000000e001'
        from generate_series(1, 3) as n
        returning step_id
    )
    select count(distinct i.step_id)::integer from inserted as i
    $$,
    'values (3)',
    'rows of one insert get different ids'
);
select lives_ok(
    'select nextval(''workflow_steps_step_id_seq'')',
    'nextval of the old sequence goes on working'
);
select is_empty(
    $$
    select from public.workflow_steps as s
    where s.step_id = nextval('public.workflow_steps_step_id_seq')
    $$,
    'nextval of the old sequence never gives a used id'
);

-- Errors ------------------------------------------------------------------------------------------

prepare used_step_id as
insert into public.workflow_steps (step_id, trace_id, step_number, node_id)
values (910101, 910002, 99, '11111111-0000-4000-8000-00000000e001');
select throws_ok('used_step_id', '23505', null, 'a used step_id is refused');

prepare used_step_number as
insert into public.workflow_steps (trace_id, step_number, node_id)
values (910001, 1, '11111111-0000-4000-8000-00000000e001');
select throws_ok('used_step_number', '23505', null, 'a step_number that the trace has is refused');

prepare unknown_trace as
insert into public.workflow_steps (trace_id, step_number, node_id)
values (999999999, 1, '11111111-0000-4000-8000-00000000e001');
select throws_ok('unknown_trace', '23503', null, 'a step of an unknown trace is refused');

prepare null_trace as
insert into public.workflow_steps (trace_id, step_number, node_id)
values (null, 1, '11111111-0000-4000-8000-00000000e001');
select throws_ok('null_trace', '23502', null, 'a step of no trace is refused');

prepare null_step_number as
insert into public.workflow_steps (trace_id, step_number, node_id)
values (910001, null, '11111111-0000-4000-8000-00000000e001');
select throws_ok('null_step_number', '23502', null, 'a step without step_number is refused');

prepare null_node as
insert into public.workflow_steps (trace_id, step_number, node_id) values (910001, 99, null);
select throws_ok(
    'null_node', '23502', null, 'a step without node_id is refused: nothing is invented for it'
);

prepare null_step_id as
insert into public.workflow_steps (step_id, trace_id, step_number, node_id)
values (null, 910001, 99, '11111111-0000-4000-8000-00000000e001');
select throws_ok('null_step_id', '23502', null, 'a null step_id is refused');

prepare null_retry_count as
insert into public.workflow_steps (trace_id, step_number, node_id, retry_count)
values (910001, 99, '11111111-0000-4000-8000-00000000e001', null);
select throws_ok('null_retry_count', '23502', null, 'a null retry_count is refused on insert');

prepare retry_count_to_null as
update public.workflow_steps set retry_count = null where step_id = 910101;
select throws_ok('retry_count_to_null', '23502', null, 'a null retry_count is refused on update');

prepare step_number_to_used as
update public.workflow_steps set step_number = 1 where step_id = 910102;
select throws_ok('step_number_to_used', '23505', null, 'a step_number cannot become a used one');

prepare trace_to_unknown as
update public.workflow_steps set trace_id = 999999999 where step_id = 910103;
select throws_ok('trace_to_unknown', '23503', null, 'a step cannot move to an unknown trace');

prepare trace_to_null as
update public.workflow_steps set trace_id = null where step_id = 910103;
select throws_ok('trace_to_null', '23502', null, 'a step cannot move to no trace');

select throws_ok(
    'truncate public.workflow_steps', '42809', null, 'truncate is refused: it is a view'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_steps set status = 'completed', output_data = '{"ok": true}'
    where step_id = 910101
    returning status, output_data
    $$,
    $$ values ('completed', '{"ok": true}'::jsonb) $$,
    'an update returns the new values'
);
select results_eq(
    $$
    select s.status, s.output_data, s.input_data, s.error_details, s.step_id
    from public.user_workflow_run_step as s
    where s.legacy_step_id = 910101
    $$,
    $$
    values (
        'completed', '{"ok": true}'::jsonb, '{"in": 1}'::jsonb, '{"code": 17}'::jsonb,
        '11111111-0000-4000-8000-00000000b001'::uuid
    )
    $$,
    'an update changes what it names, and keeps what the old name cannot show'
);
select results_eq(
    $$ update public.workflow_steps set metadata = null, node_id = node_id where step_id = 910101
    returning metadata $$,
    'values (null::jsonb)',
    'metadata can become null'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_steps set status = 'skipped' where trace_id = 910001
        returning step_id
    )
    select u.step_id from updated as u order by u.step_id
    $$,
    'values (910101::bigint), (910102), (910103)',
    'an update of several steps changes each'
);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    where s.status = 'skipped' and s.legacy_trace_id <> 910001
    $$,
    'an update of several steps changes no other'
);
select is_empty(
    $$ update public.workflow_steps set status = 'failed' where step_id = 999999999 returning 1 $$,
    'an update of an unknown step_id changes no row'
);
select results_eq(
    'update public.workflow_steps set step_id = 910133 where step_id = 910103 returning step_id',
    'values (910133::bigint)',
    'a step_id that nothing belongs to can change'
);
select results_eq(
    'update public.workflow_steps set trace_id = 910002, step_number = 3 where step_id = 910133
    returning trace_id',
    'values (910002::bigint)',
    'a step without events can move to another trace'
);
select results_eq(
    $$
    select s.run_id, s.org_id from public.user_workflow_run_step as s
    where s.legacy_step_id = 910133
    $$,
    $$
    values (
        '11111111-0000-4000-8000-00000000a002'::uuid, '11111111-0000-4000-8000-000000000000'::uuid
    )
    $$,
    'a moved step belongs to the run of its new trace'
);
select results_eq(
    $$
    update public.user_workflow_run_step
    set run_id = '11111111-0000-4000-8000-00000000a001', step_number = 33
    where legacy_step_id = 910133
    returning legacy_trace_id
    $$,
    'values (910001::bigint)',
    'a step that new code moves to another run shows the trace_id of that run'
);
select results_eq(
    $$
    update public.workflow_steps set trace_id = 920001, step_number = 9 where step_id = 910133
    returning trace_id
    $$,
    'values (920001::bigint)',
    'a session of no organisation can move a step to the trace of another'
);
select results_eq(
    $$ select s.org_id from public.user_workflow_run_step as s where s.legacy_step_id = 910133 $$,
    $$ values ('22222222-0000-4000-8000-000000000000'::uuid) $$,
    'a step that moved to the trace of another organisation belongs to that one'
);

-- Events and screenshots of a step ----------------------------------------------------------------

insert into public.workflow_events (event_id, trace_id, step_id, event_type, event_data)
values (910901, 910001, 910101, 'clicked', '{}'), (910902, 910001, 910102, 'typed', '{}');
insert into public.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id
)
values (
    '11111111-0000-4000-8000-000000005001', 910001, '11111111-0000-4000-8000-000000000000',
    'login', 1, 'https://example.org/1.png', 'click', '11111111-0000-4000-8000-00000000e001'
);

prepare step_id_with_events as
update public.workflow_steps set step_id = 910199 where step_id = 910101;
select throws_ok(
    'step_id_with_events', '23503', null, 'a step_id that events belong to cannot change'
);

prepare trace_with_events as
update public.workflow_steps set trace_id = 910002, step_number = 77 where step_id = 910101;
select throws_ok(
    'trace_with_events', '0A000', null,
    'a step with events cannot move to another trace, they would stay behind'
);
select is(
    (select s.trace_id from public.workflow_steps as s where s.step_id = 910101),
    910001::bigint,
    'a refused move changes nothing'
);

select results_eq(
    'delete from public.workflow_steps where step_id = 910101 returning step_id, step_number',
    'values (910101::bigint, 1)',
    'a delete returns the step'
);
select is_empty(
    'select from public.workflow_events as e where e.step_id = 910101 or e.event_id = 910901',
    'deleting a step deletes its events'
);
select results_eq(
    $$
    select s.trace_id, s.screenshot_id, s.step_index, s.node_id, s.screenshot_url
    from public.workflow_trace_screenshot as s
    where s.trace_id = 910001
    $$,
    $$
    values (
        910001::bigint, '11111111-0000-4000-8000-000000005001'::uuid, 1,
        '11111111-0000-4000-8000-00000000e001'::uuid, 'https://example.org/1.png'
    )
    $$,
    'deleting a step keeps its screenshots, unchanged'
);
select is(
    (
        select jsonb_array_length(r.screenshots)
        from public.user_workflow_run as r
        where r.legacy_trace_id = 910001
    ),
    1,
    'screenshots of a deleted step are kept by its run'
);
select isnt_empty(
    'select from public.workflow_events as e where e.event_id = 910902',
    'deleting a step keeps the events of another'
);
select is_empty(
    'delete from public.workflow_steps where step_id = 910101 returning 1',
    'a delete of an unknown step_id deletes no row'
);

-- What new code wrote about a screenshot is kept, too, with what only the step knew.
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, screenshots, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b007', '11111111-0000-4000-8000-00000000a002',
    '11111111-0000-4000-8000-00000000e007', 7,
    '[{"url": "https://example.org/7.png", "timestamp": "2025-01-14T10:30:00Z", "note": "mine"}]',
    910207
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, screenshots, legacy_step_id
)
values (
    '11111111-0000-4000-8000-00000000b008', '11111111-0000-4000-8000-00000000a002',
    '11111111-0000-4000-8000-00000000e008', 8, '{"not": "an array"}', 910208
);
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_steps where step_id in (910207, 910208) returning step_id
    )
    select count(*)::integer from deleted
    $$,
    'values (2)',
    'one statement deletes several steps, even one whose screenshots are no array'
);
select results_eq(
    $$
    select s.screenshot_url, s.step_index, s.node_id
    from public.workflow_trace_screenshot as s
    where s.trace_id = 910002
    $$,
    $$ values ('https://example.org/7.png', 7, '11111111-0000-4000-8000-00000000e007'::uuid) $$,
    'a screenshot without old keys keeps step_index and node_id when its step is deleted'
);
select is(
    (
        select r.screenshots -> 0 ->> 'note'
        from public.user_workflow_run as r
        where r.legacy_trace_id = 910002
    ),
    'mine',
    'a screenshot keeps its unknown keys when its step is deleted'
);

-- on conflict -------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_steps as s (trace_id, step_number, node_id, status)
    values (910001, 2, '11111111-0000-4000-8000-00000000e009', 'running')
    on conflict (trace_id, step_number) do update set status = excluded.status
    returning s.step_id, s.status, s.node_id
    $$,
    $$ values (910102::bigint, 'running', '11111111-0000-4000-8000-00000000e002'::uuid) $$,
    'on conflict do update works on (trace_id, step_number)'
);
select results_eq(
    $$
    insert into public.workflow_steps as s (step_id, trace_id, step_number, node_id)
    values (910102, 910001, 2, '11111111-0000-4000-8000-00000000e002')
    on conflict (step_id) do update set retry_count = s.retry_count + 1
    returning s.retry_count
    $$,
    'values (1)',
    'on conflict do update works on step_id'
);
select is_empty(
    $$
    insert into public.workflow_steps (trace_id, step_number, node_id)
    values (910001, 2, '11111111-0000-4000-8000-00000000e002')
    on conflict do nothing
    returning 1
    $$,
    'on conflict do nothing works'
);

-- What newer versions can -------------------------------------------------------------------------

select case
    when current_setting('server_version_num')::integer >= 170000 then lives_ok(t.statement, t.rule)
    else throws_ok(t.statement, '0A000', null, t.rule)
end
from (
    values (
        $$
        merge into public.workflow_steps as s
        using (values (2, 'merged'), (9, 'merged in')) as v (step_number, status)
        on s.trace_id = 910001 and s.step_number = v.step_number
        when matched then update set status = v.status
        when not matched then insert (trace_id, step_number, node_id, status)
        values (910001, v.step_number, '11111111-0000-4000-8000-00000000e009', v.status)
        $$,
        'merge works from PostgreSQL 17 on'
    )
) as t (statement, rule);
select set_eq(
    $$
    select s.step_number, s.status from public.workflow_steps as s
    where s.trace_id = 910001 and s.status like 'merged%'
    $$,
    $$
    select v.step_number, v.status
    from (values (2, 'merged'), (9, 'merged in')) as v (step_number, status)
    where current_setting('server_version_num')::integer >= 170000
    $$,
    'merge changes what matches, and inserts the rest'
);
select case
    when current_setting('server_version_num')::integer >= 180000
        then results_eq(t.statement, $$ values (null::text, 'resumed') $$, t.rule)
    else throws_ok(t.statement, '42P01', null, t.rule)
end
from (
    values (
        $$
        update public.workflow_steps set error_message = 'resumed' where step_id = 910102
        returning old.error_message, new.error_message
        $$,
        'returning knows old and new from PostgreSQL 18 on'
    )
) as t (statement, rule);

select * from finish();
rollback;
