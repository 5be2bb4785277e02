-- The old name workflow_configs: a view of the renamed table user_workflow_config.

begin;
select plan(24);

-- Hospital North (1…), the billing firm (3…).
insert into public.user_workflow_config (
    config_id, org_id, workflow_id, name, config_type, config_data, created_by, created_at
)
values
(
    '11111111-0000-4000-8000-000000007001', '11111111-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-00000000c001', 'retries', 'limits', '{"max": 3}',
    '11111111-0000-4000-8000-00000000d001', '2025-01-14 10:30:00+00'
),
(
    '33333333-0000-4000-8000-000000007001', '33333333-0000-4000-8000-000000000000',
    null, 'retries', 'limits', '{"max": 5}', '33333333-0000-4000-8000-00000000d001',
    '2025-01-14 10:30:00+00'
);

select has_view('public', 'workflow_configs', 'workflow_configs is a view');
select has_table('public', 'user_workflow_config', 'user_workflow_config is a table');
select results_eq(
    $$
    select a.attname::text collate "default", format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'public.workflow_configs'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    values
    ('config_id', 'uuid'), ('org_id', 'uuid'), ('workflow_id', 'uuid'),
    ('name', 'character varying(255)'), ('config_type', 'text'), ('config_data', 'jsonb'),
    ('is_active', 'boolean'), ('created_by', 'uuid'), ('created_at', 'timestamp with time zone'),
    ('updated_at', 'timestamp with time zone')
    $$,
    'the view has the columns of the old table, in its order and with its types'
);
select results_eq(
    $$
    select c.* from public.workflow_configs as c
    where c.config_id = '11111111-0000-4000-8000-000000007001'
    $$,
    $$
    values (
        '11111111-0000-4000-8000-000000007001'::uuid, '11111111-0000-4000-8000-000000000000'::uuid,
        '11111111-0000-4000-8000-00000000c001'::uuid, 'retries'::varchar(255), 'limits'::text,
        '{"max": 3}'::jsonb, true, '11111111-0000-4000-8000-00000000d001'::uuid,
        '2025-01-14 10:30:00+00'::timestamptz, null::timestamptz
    )
    $$,
    'a configuration reads as it was written under the new name'
);
select results_eq(
    'select count(*) from public.workflow_configs',
    'select count(*) from public.user_workflow_config',
    'both names show the same rows'
);

select results_eq(
    $$
    insert into public.workflow_configs (org_id, name, config_type, config_data, created_by)
    values (
        '11111111-0000-4000-8000-000000000000', 'texts', 'messages', '[]',
        '11111111-0000-4000-8000-00000000d001'
    )
    returning config_id is not null, is_active, created_at = now(), updated_at
    $$,
    'values (true, true, true, null::timestamptz)',
    'an insert returns the defaults of the old table'
);
select isnt_empty(
    $$ select from public.user_workflow_config as c
    where c.name = 'texts' and c.config_data = '[]' $$,
    'a configuration inserted under the old name is one under the new name'
);
prepare used_name as
insert into public.workflow_configs (
    org_id, workflow_id, name, config_type, config_data, created_by
)
values (
    '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'retries',
    'limits', '{}', '11111111-0000-4000-8000-00000000d001'
);
select throws_ok('used_name', '23505', null, 'a used name is refused');
select throws_ok(
    format(
        'insert into public.workflow_configs (org_id, name, config_type, config_data, created_by)
        select %s, %s, %s, %s, %s',
        case c.name when 'org_id' then 'null::uuid' else 'gen_random_uuid()' end,
        case c.name when 'name' then 'null' else '''a''' end,
        case c.name when 'config_type' then 'null' else '''a''' end,
        case c.name when 'config_data' then 'null::jsonb' else '''1''::jsonb' end,
        case c.name when 'created_by' then 'null::uuid' else 'gen_random_uuid()' end
    ),
    '23502', null,
    format('a configuration without %s is refused', c.name)
)
from unnest(array['org_id', 'name', 'config_type', 'config_data', 'created_by']) as c (name);
prepare long_name as
update public.workflow_configs set name = repeat('x', 256)
where config_id = '11111111-0000-4000-8000-000000007001';
select throws_ok('long_name', '22001', null, 'a name of 256 characters is refused');

select results_eq(
    $$
    insert into public.workflow_configs as c (
        org_id, workflow_id, name, config_type, config_data, created_by
    )
    values (
        '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'retries',
        'limits', '{"max": 4}', '11111111-0000-4000-8000-00000000d001'
    )
    on conflict (org_id, workflow_id, name, config_type)
    do update set config_data = excluded.config_data
    returning c.config_id, c.config_data
    $$,
    $$ values ('11111111-0000-4000-8000-000000007001'::uuid, '{"max": 4}'::jsonb) $$,
    'on conflict do update works on the unique key'
);
select results_eq(
    $$
    insert into public.workflow_configs as c (
        config_id, org_id, name, config_type, config_data, created_by
    )
    values (
        '11111111-0000-4000-8000-000000007001', '11111111-0000-4000-8000-000000000000', 'a', 'b',
        '{}', '11111111-0000-4000-8000-00000000d001'
    )
    on conflict (config_id) do update set is_active = false
    returning c.is_active
    $$,
    'values (false)',
    'on conflict do update works on config_id'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_configs set is_active = false where name = 'retries'
        and org_id in (
            '11111111-0000-4000-8000-000000000000', '33333333-0000-4000-8000-000000000000'
        )
        returning config_id
    )
    select count(*)::integer from updated
    $$,
    'values (2)',
    'one statement updates several configurations'
);
select results_eq(
    $$
    update public.workflow_configs set is_active = default, created_at = default
    where config_id = '11111111-0000-4000-8000-000000007001'
    returning is_active, created_at = now()
    $$,
    'values (true, true)',
    'an update to the default gives the default of the old table'
);
select is_empty(
    $$
    update public.workflow_configs set is_active = false
    where config_id = '99999999-0000-4000-8000-000000007001'
    returning 1
    $$,
    'an update of an unknown configuration changes no row'
);
select results_eq(
    $$
    delete from public.workflow_configs where config_id = '33333333-0000-4000-8000-000000007001'
    returning org_id
    $$,
    $$ values ('33333333-0000-4000-8000-000000000000'::uuid) $$,
    'a delete returns the configuration'
);
select is_empty(
    $$
    select from public.user_workflow_config as c
    where c.config_id = '33333333-0000-4000-8000-000000007001'
    $$,
    'a configuration deleted under the old name is gone'
);
select isnt_empty(
    $$
    select from public.user_workflow_config as c
    where c.config_id = '11111111-0000-4000-8000-000000007001'
    $$,
    'a delete touches no other configuration'
);
select is_empty(
    $$
    delete from public.workflow_configs where config_id = '33333333-0000-4000-8000-000000007001'
    returning 1
    $$,
    'a delete of an unknown configuration deletes no row'
);
select throws_ok(
    'truncate public.workflow_configs', '42809', null, 'truncate is refused: it is a view'
);

select * from finish();
rollback;
