-- Verify workflow_consolidation:documents/user_workflow_run on pg

begin;

select 1 / (case when count(*) = 0 then 1 else 0 end) as columns
from (
    (
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
        ('updated_at', 'timestamp with time zone', false, null),
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
    )
    except
    select
        a.attname::text,
        format_type(a.atttypid, a.atttypmod),
        a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid)
    from pg_catalog.pg_attribute as a
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = 'public.user_workflow_run'::regclass and a.attnum > 0 and not a.attisdropped
) as missing;

select 1 / (case when count(*) = 2 then 1 else 0 end) as keys
from pg_catalog.pg_constraint
where
    conrelid = 'public.user_workflow_run'::regclass
    and (conname::text, pg_get_constraintdef(oid)) in (
        values
        ('user_workflow_run_pkey', 'PRIMARY KEY (run_id)'),
        ('user_workflow_run_legacy_trace_id_key', 'UNIQUE (legacy_trace_id)')
    );

select 1 / count(*) as updated_at_is_kept
from pg_catalog.pg_trigger
where
    tgrelid = 'public.user_workflow_run'::regclass
    and tgname = 'set_updated_at'
    and tgfoid = 'public.set_updated_at()'::regprocedure
    and tgenabled = 'O'
    and pg_get_triggerdef(oid) like '% BEFORE UPDATE ON %'
    and tgattr = '';

select 1 / (case when count(*) = 8 then 1 else 0 end) as documents_are_lz4_where_there_is_lz4
from pg_catalog.pg_attribute as a
cross join pg_catalog.pg_settings as s
where
    a.attrelid = 'public.user_workflow_run'::regclass
    and a.attname in (
        'context', 'config_snapshot', 'error_details', 'llm_prompt', 'llm_response', 'events',
        'screenshots', 'legacy'
    )
    and s.name = 'default_toast_compression'
    and (a.attcompression = 'l' or not 'lz4' = any (s.enumvals));

rollback;
