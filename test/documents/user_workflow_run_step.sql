-- user_workflow_run_step: the contract of the columns, and the trigger that fills the keys.

begin;
select plan(43);

-- Columns -----------------------------------------------------------------------------------------

select has_table('public', 'user_workflow_run_step', 'user_workflow_run_step is a table');
select is(
    (
        select
            format(
                '%s%s%s', format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' end,
                ' default ' || pg_get_expr(d.adbin, d.adrelid)
            )
        from pg_attribute as a
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass and a.attname = c.name
            and not a.attisdropped
    ),
    format(
        '%s%s%s', c.type, case when c.required then ' not null' end, ' default ' || c.default_value
    ),
    format('column %s has the type, nullability and default of the contract', c.name)
)
from (
    values
    ('step_id', 'uuid', true, 'gen_random_uuid()'),
    ('run_id', 'uuid', true, null),
    ('node_id', 'uuid', true, null),
    ('step_number', 'integer', true, null),
    ('status', 'text', false, '''pending''::text'),
    ('retry_count', 'integer', false, '0'),
    ('started_at', 'timestamp with time zone', false, null),
    ('ended_at', 'timestamp with time zone', false, null),
    ('duration_ms', 'integer', false, null),
    ('input_data', 'jsonb', false, null),
    ('output_data', 'jsonb', false, null),
    ('screenshots', 'jsonb', false, '''[]''::jsonb'),
    ('events', 'jsonb', false, '''[]''::jsonb'),
    ('error_message', 'text', false, null),
    ('error_details', 'jsonb', false, null),
    ('metadata', 'jsonb', false, '''{}''::jsonb')
) as c (name, type, required, default_value);
select is(
    (
        select
            format(
                '%s%s%s', format_type(a.atttypid, a.atttypmod),
                case when a.attnotnull then ' not null' end,
                ' default ' || pg_get_expr(d.adbin, d.adrelid)
            )
        from pg_attribute as a
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass and a.attname = c.name
            and not a.attisdropped
    ),
    format(
        '%s%s%s', c.type, case when c.required then ' not null' end, ' default ' || c.default_value
    ),
    format('added column %s asks nothing of code that does not know it', c.name)
)
from (
    values
    ('org_id', 'uuid', true, null),
    ('legacy_step_id', 'bigint', true, null),
    ('legacy_trace_id', 'bigint', true, null)
) as c (name, type, required, default_value);
select is(
    (
        select count(*)::integer from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass and a.attnum > 0
            and not a.attisdropped
    ),
    19,
    'user_workflow_run_step has no other columns'
);
select is(
    (
        select array_agg(a.attname::text order by a.attnum)
        from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass
            and a.attnum between 1 and 16
    ),
    array[
        'step_id',
        'run_id',
        'node_id',
        'step_number',
        'status',
        'retry_count',
        'started_at',
        'ended_at',
        'duration_ms',
        'input_data',
        'output_data',
        'screenshots',
        'events',
        'error_message',
        'error_details',
        'metadata'
    ],
    'the given columns come first, in the given order'
);

-- Keys --------------------------------------------------------------------------------------------

select col_is_pk('public', 'user_workflow_run_step', 'step_id'::name, 'step_id is the primary key');
select col_is_unique(
    'public', 'user_workflow_run_step', 'legacy_step_id'::name,
    'a legacy_step_id belongs to one step'
);
select is(
    (
        select a.attidentity::text from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass and a.attname = 'legacy_step_id'
    ),
    'd',
    'legacy_step_id is assigned to new steps, and can be given'
);

-- Only the given columns --------------------------------------------------------------------------

-- Hospital North (1…) and Hospital South (2…).
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001
);
select results_eq(
    $$
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values (
        '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 1
    )
    returning
        step_id is not null, status, retry_count, screenshots, events, metadata,
        legacy_step_id is not null
    $$,
    $$
    values (true, 'pending', 0, '[]'::jsonb, '[]'::jsonb, '{}'::jsonb, true)
    $$,
    'a step needs run, node and number only'
);
select results_eq(
    $$
    select s.org_id, s.legacy_trace_id from public.user_workflow_run_step as s
    where s.run_id = '11111111-0000-4000-8000-00000000a001'
    $$,
    $$ values ('11111111-0000-4000-8000-000000000000'::uuid, 910001::bigint) $$,
    'a new step gets organisation and trace_id of its run'
);
select results_eq(
    $$
    insert into public.user_workflow_run_step (legacy_trace_id, node_id, step_number)
    values (920001, '22222222-0000-4000-8000-00000000e001', 1)
    returning run_id, org_id
    $$,
    $$
    values (
        '22222222-0000-4000-8000-00000000a001'::uuid, '22222222-0000-4000-8000-000000000000'::uuid
    )
    $$,
    'a step that names only the trace_id gets run and organisation'
);
select results_eq(
    $$
    insert into public.user_workflow_run_step (
        run_id, org_id, legacy_trace_id, legacy_step_id, step_id, node_id, step_number
    )
    values (
        '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000', 910001,
        910102, '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000e001', 2
    )
    returning step_id, legacy_step_id
    $$,
    $$ values ('11111111-0000-4000-8000-00000000b002'::uuid, 910102::bigint) $$,
    'a step may bring all its keys'
);
select results_eq(
    $$
    with inserted as (
        insert into public.user_workflow_run_step (run_id, node_id, step_number)
        select '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', n
        from generate_series(3, 6) as n
        returning step_id, legacy_step_id
    )
    select count(distinct i.step_id)::integer, count(distinct i.legacy_step_id)::integer
    from inserted as i
    $$,
    'values (4, 4)',
    'steps of one insert get different keys'
);

-- Errors ------------------------------------------------------------------------------------------

prepare unknown_run as
insert into public.user_workflow_run_step (run_id, node_id, step_number)
values ('99999999-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 1);
select throws_ok('unknown_run', '23503', null, 'a step of an unknown run is refused');
prepare unknown_run_with_all_keys as
insert into public.user_workflow_run_step (run_id, org_id, legacy_trace_id, node_id, step_number)
values (
    '99999999-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000', 910001,
    '11111111-0000-4000-8000-00000000e001', 99
);
select throws_ok(
    'unknown_run_with_all_keys', '23503', null,
    'a step of an unknown run is refused, also if it brings all keys'
);
prepare unknown_trace as
insert into public.user_workflow_run_step (legacy_trace_id, node_id, step_number)
values (999999999, '11111111-0000-4000-8000-00000000e001', 1);
select throws_ok('unknown_trace', '23503', null, 'a step of an unknown trace_id is refused');
prepare run_and_trace_differ as
insert into public.user_workflow_run_step (run_id, legacy_trace_id, node_id, step_number)
values (
    '11111111-0000-4000-8000-00000000a001', 920001, '11111111-0000-4000-8000-00000000e001', 99
);
select throws_ok(
    'run_and_trace_differ', '23503', null,
    'a step of one run and the trace_id of another is refused'
);
prepare run_and_trace_differ_with_all_keys as
insert into public.user_workflow_run_step (run_id, org_id, legacy_trace_id, node_id, step_number)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000', 920001,
    '11111111-0000-4000-8000-00000000e001', 99
);
-- A superuser is trusted to know; whoever row level security applies to is not.
set local role workflow_maintenance;
select throws_ok(
    'run_and_trace_differ_with_all_keys', '23503', null,
    'a step of one run and the trace_id of another is refused, also if it brings all keys'
);
reset role;
prepare another_organisation as
insert into public.user_workflow_run_step (run_id, org_id, node_id, step_number)
values (
    '11111111-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-00000000e001', 99
);
select throws_ok(
    'another_organisation', '23503', null, 'a step of another organisation than its run is refused'
);
prepare no_run as
insert into public.user_workflow_run_step (node_id, step_number)
values ('11111111-0000-4000-8000-00000000e001', 1);
select throws_ok('no_run', '23502', null, 'a step of no run is refused');
prepare no_node as
insert into public.user_workflow_run_step (run_id, step_number)
values ('11111111-0000-4000-8000-00000000a001', 99);
select throws_ok('no_node', '23502', null, 'a step without node is refused');
prepare no_number as
insert into public.user_workflow_run_step (run_id, node_id)
values ('11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001');
select throws_ok('no_number', '23502', null, 'a step without number is refused');
prepare null_retry_count as
insert into public.user_workflow_run_step (run_id, node_id, step_number, retry_count)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 99, null
);
select throws_ok('null_retry_count', '23502', null, 'a null retry_count is refused on insert');
prepare retry_count_to_null as
update public.user_workflow_run_step set retry_count = null
where step_id = '11111111-0000-4000-8000-00000000b002';
select throws_ok('retry_count_to_null', '23502', null, 'a null retry_count is refused on update');
prepare trace_to_another as
update public.user_workflow_run_step set legacy_trace_id = 999999999
where step_id = '11111111-0000-4000-8000-00000000b002';
select throws_ok(
    'trace_to_another', '23503', null, 'a step cannot get a trace_id that no run has'
);

-- As the tenant -----------------------------------------------------------------------------------

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select results_eq(
    $$
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values (
        '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 7
    )
    returning org_id, legacy_trace_id
    $$,
    $$ values ('11111111-0000-4000-8000-000000000000'::uuid, 910001::bigint) $$,
    'a tenant inserts a step with the given columns only'
);
reset role;

select * from finish();
rollback;
