-- Verify workflow_consolidation:documents/user_workflow_run_step on pg

begin;

select 1 / (case when count(*) = 0 then 1 else 0 end) as columns
from (
    (
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
        ('metadata', 'jsonb', false, '''{}''::jsonb'),
        ('org_id', 'uuid', true, null),
        ('legacy_step_id', 'bigint', true, null),
        ('legacy_trace_id', 'bigint', true, null)
    )
    except
    select
        a.attname::text,
        format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid)
    from pg_catalog.pg_attribute as a
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where
        a.attrelid = 'public.user_workflow_run_step'::regclass
        and a.attnum > 0
        and not a.attisdropped
) as missing;

select 1 / (case when count(*) = 3 then 1 else 0 end) as keys
from pg_catalog.pg_constraint
where
    conrelid = 'public.user_workflow_run_step'::regclass
    and (conname::text, pg_get_constraintdef(oid)) in (
        values
        ('user_workflow_run_step_pkey', 'PRIMARY KEY (step_id)'),
        ('user_workflow_run_step_legacy_step_id_key', 'UNIQUE (legacy_step_id)'),
        (
            'user_workflow_run_step_legacy_trace_id_step_number_key',
            'UNIQUE (legacy_trace_id, step_number)'
        )
    );

-- With the rights of the caller: he must not find the runs of others.
select 1 / count(*) as keys_are_filled
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
where
    t.tgrelid = 'public.user_workflow_run_step'::regclass
    and t.tgname = 'fill_step_keys'
    and p.oid = 'public.fill_step_keys()'::regprocedure
    and not p.prosecdef
    and t.tgenabled = 'O'
    and pg_get_triggerdef(t.oid) like '% BEFORE INSERT ON %row_security_active(%';

select 1 / (case when count(*) = 6 then 1 else 0 end) as documents_are_lz4_where_there_is_lz4
from pg_catalog.pg_attribute as a
cross join pg_catalog.pg_settings as s
where
    a.attrelid = 'public.user_workflow_run_step'::regclass
    and a.attname in (
        'input_data', 'output_data', 'screenshots', 'events', 'error_details', 'metadata'
    )
    and s.name = 'default_toast_compression'
    and (a.attcompression = 'l' or not 'lz4' = any (s.enumvals));

rollback;
