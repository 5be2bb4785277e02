-- user_workflow_run: the contract of the columns, keys and the trigger that keeps updated_at.

begin;
select plan(54);

-- Columns -----------------------------------------------------------------------------------------

select has_table('public', 'user_workflow_run', 'user_workflow_run is a table');
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
            a.attrelid = 'public.user_workflow_run'::regclass and a.attname = c.name
            and not a.attisdropped
    ),
    format(
        '%s%s%s', c.type, case when c.required then ' not null' end, ' default ' || c.default_value
    ),
    format('column %s has the type, nullability and default of the contract', c.name)
)
from (
    values
    ('run_id', 'uuid', true, 'gen_random_uuid()'),
    ('workflow_id', 'uuid', true, null),
    ('org_id', 'uuid', true, null),
    ('status', 'text', true, '''pending''::text'),
    ('channel', 'text', true, null),
    ('external_id', 'character varying(255)', false, null),
    ('started_at', 'timestamp with time zone', false, null),
    ('ended_at', 'timestamp with time zone', false, null),
    ('duration_ms', 'integer', false, null),
    ('context', 'jsonb', false, '''{}''::jsonb'),
    ('endpoints_used', 'jsonb', false, '''[]''::jsonb'),
    ('config_snapshot', 'jsonb', false, null),
    ('error_message', 'text', false, null),
    ('error_details', 'jsonb', false, null),
    ('llm_prompt', 'text', false, null),
    ('llm_response', 'text', false, null),
    ('llm_model', 'character varying(100)', false, null),
    ('llm_tokens_used', 'integer', false, null),
    ('tier', 'smallint', false, null),
    ('tier_reason', 'text', false, null),
    ('created_at', 'timestamp with time zone', true, 'now()'),
    ('created_by', 'uuid', true, null),
    ('updated_at', 'timestamp with time zone', false, null)
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
            a.attrelid = 'public.user_workflow_run'::regclass and a.attname = c.name
            and not a.attisdropped
    ),
    format(
        '%s%s%s', c.type, case when c.required then ' not null' end, ' default ' || c.default_value
    ),
    format('added column %s asks nothing of code that does not know it', c.name)
)
from (
    values
    ('events', 'jsonb', false, '''[]''::jsonb'),
    ('screenshots', 'jsonb', false, '''[]''::jsonb'),
    ('legacy_trace_id', 'bigint', true, null),
    ('legacy_batch_job_item_id', 'uuid', false, null),
    ('legacy_action_type', 'text', false, null),
    ('legacy_action_detail', 'jsonb', false, null),
    ('legacy_success', 'boolean', false, 'false'),
    ('legacy_user_id', 'uuid', false, null),
    ('legacy_session_id', 'uuid', false, null),
    ('legacy', 'jsonb', false, null)
) as c (name, type, required, default_value);
select is(
    (
        select count(*)::integer from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run'::regclass and a.attnum > 0
            and not a.attisdropped
    ),
    33,
    'user_workflow_run has no other columns'
);
select is(
    (
        select array_agg(a.attname::text order by a.attnum)
        from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run'::regclass
            and a.attnum between 1 and 23
    ),
    array[
        'run_id',
        'workflow_id',
        'org_id',
        'status',
        'channel',
        'external_id',
        'started_at',
        'ended_at',
        'duration_ms',
        'context',
        'endpoints_used',
        'config_snapshot',
        'error_message',
        'error_details',
        'llm_prompt',
        'llm_response',
        'llm_model',
        'llm_tokens_used',
        'tier',
        'tier_reason',
        'created_at',
        'created_by',
        'updated_at'
    ],
    'the given columns come first, in the given order'
);

-- Keys --------------------------------------------------------------------------------------------

select col_is_pk('public', 'user_workflow_run', 'run_id'::name, 'run_id is the primary key');
select col_is_unique(
    'public', 'user_workflow_run', 'legacy_trace_id'::name, 'a legacy_trace_id belongs to one run'
);
select is(
    (
        select a.attidentity::text from pg_attribute as a
        where a.attrelid = 'public.user_workflow_run'::regclass and a.attname = 'legacy_trace_id'
    ),
    'd',
    'legacy_trace_id is assigned to new runs, and can be given'
);

-- Only the given columns --------------------------------------------------------------------------

-- Hospital North (1…).
select results_eq(
    $$
    insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
    values (
        '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
        '11111111-0000-4000-8000-00000000d001'
    )
    returning
        run_id is not null, status, context, endpoints_used, events, screenshots,
        created_at = now(), updated_at, legacy_trace_id is not null
    $$,
    $$
    values (
        true, 'pending', '{}'::jsonb, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, true,
        null::timestamptz, true
    )
    $$,
    'a run needs workflow, organisation, channel and creator only'
);
select results_eq(
    $$
    with inserted as (
        insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
        select
            '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000',
            v.channel,
            '11111111-0000-4000-8000-00000000d001'
        from (values ('web'), ('voice'), ('efax')) as v (channel)
        returning run_id, legacy_trace_id
    )
    select count(distinct i.run_id)::integer, count(distinct i.legacy_trace_id)::integer
    from inserted as i
    $$,
    'values (3, 3)',
    'runs of one insert get different keys'
);
select throws_ok(
    format(
        'insert into public.user_workflow_run (
            workflow_id, org_id, channel, created_by, status, created_at, run_id
        )
        select %s, %s, %s, %s, %s, %s, %s',
        case c.name when 'workflow_id' then 'null::uuid' else 'gen_random_uuid()' end,
        case c.name when 'org_id' then 'null::uuid' else 'gen_random_uuid()' end,
        case c.name when 'channel' then 'null' else '''web''' end,
        case c.name when 'created_by' then 'null::uuid' else 'gen_random_uuid()' end,
        case c.name when 'status' then 'null' else '''pending''' end,
        case c.name when 'created_at' then 'null::timestamptz' else 'now()' end,
        case c.name when 'run_id' then 'null::uuid' else 'gen_random_uuid()' end
    ),
    '23502', null,
    format('a run without %s is refused', c.name)
)
from unnest(
    array['workflow_id', 'org_id', 'channel', 'created_by', 'status', 'created_at', 'run_id']
) as c (name);
prepare long_external_id as
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, external_id)
values (gen_random_uuid(), gen_random_uuid(), 'web', gen_random_uuid(), repeat('x', 256));
select throws_ok('long_external_id', '22001', null, 'an external_id of 256 characters is refused');
prepare long_model as
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by, llm_model)
values (gen_random_uuid(), gen_random_uuid(), 'web', gen_random_uuid(), repeat('x', 101));
select throws_ok('long_model', '22001', null, 'an llm_model of 101 characters is refused');

-- updated_at --------------------------------------------------------------------------------------

insert into public.user_workflow_run (run_id, workflow_id, org_id, channel, created_by)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001'
);
select results_eq(
    $$
    update public.user_workflow_run set status = status
    where run_id = '11111111-0000-4000-8000-00000000a001'
    returning updated_at
    $$,
    'values (null::timestamptz)',
    'an update that changes nothing stamps nothing'
);
select results_eq(
    $$
    update public.user_workflow_run set status = 'running'
    where run_id = '11111111-0000-4000-8000-00000000a001'
    returning updated_at
    $$,
    'values (now())',
    'an update that changes a column stamps the run'
);
select results_eq(
    $$
    update public.user_workflow_run
    set status = 'failed', updated_at = '2025-01-14 10:30:00+00'
    where run_id = '11111111-0000-4000-8000-00000000a001'
    returning updated_at
    $$,
    $$ values ('2025-01-14 10:30:00+00'::timestamptz) $$,
    'an update that sets updated_at itself is believed'
);
select results_eq(
    $$
    update public.user_workflow_run set events = events || '[{"type": "a"}]'
    where run_id = '11111111-0000-4000-8000-00000000a001'
    returning updated_at
    $$,
    'values (now())',
    'a change inside a document stamps the run'
);

select * from finish();
rollback;
