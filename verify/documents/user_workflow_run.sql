-- Verify workflow_consolidation:documents/user_workflow_run on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each column of user_workflow_run is as made, or as it is in workflow_trace',
    array(
        select v.column_name
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
        ) as v (column_name, type_name, is_not_null, default_value)
        left join pg_catalog.pg_attribute as a
            on
                a.attrelid = to_regclass('public.user_workflow_run')
                and a.attname = v.column_name
                and not a.attisdropped
        left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_catalog.pg_class as t
            on
                t.relname = 'workflow_trace'
                and t.relkind = 'r'
                and t.relnamespace in (
                    'public'::regnamespace, coalesce(to_regnamespace('legacy'), 0)
                )
        left join pg_catalog.pg_attribute as o
            on o.attrelid = t.oid and o.attname = regexp_replace(v.column_name, '^legacy_', '')
        left join pg_catalog.pg_attrdef as e on e.adrelid = o.attrelid and e.adnum = o.attnum
        where
            a.attname is null
            -- Once the old table was dropped, nothing says what it had.
            or (
                t.oid is not null
                and (
                    format_type(a.atttypid, a.atttypmod) not in (
                        v.type_name,
                        coalesce(format_type(o.atttypid, o.atttypmod), v.type_name)
                    )
                    or (v.is_not_null and not a.attnotnull)
                    or (a.attnotnull and not (v.is_not_null or coalesce(o.attnotnull, false)))
                    or (
                        format_type(a.atttypid, a.atttypmod) = v.type_name
                        and pg_get_expr(d.adbin, d.adrelid) is distinct from v.default_value
                        and pg_get_expr(d.adbin, d.adrelid)
                        is distinct from coalesce(
                            pg_get_expr(e.adbin, e.adrelid), v.default_value
                        )
                    )
                )
            )
    )
);

select consolidation.claim_none(
    'the primary key and the keys of old ids of user_workflow_run exist',
    array(
        select k.name
        from (
            values
            ('user_workflow_run_pkey', 'PRIMARY KEY (run_id)'),
            ('user_workflow_run_legacy_trace_id_key', 'UNIQUE (legacy_trace_id)')
        ) as k (name, definition)
        where not exists (
            select from pg_catalog.pg_constraint as c
            where
                c.conrelid = to_regclass('public.user_workflow_run')
                and c.conname = k.name
                and pg_get_constraintdef(c.oid) = k.definition
        )
    )
);

select consolidation.claim(
    'a trigger keeps updated_at of runs',
    exists (
        select from pg_catalog.pg_trigger as g
        where
            g.tgrelid = to_regclass('public.user_workflow_run')
            and g.tgname = 'set_updated_at'
            and g.tgfoid = to_regprocedure('public.set_updated_at()')
            and g.tgenabled = 'O'
            and pg_get_triggerdef(g.oid) like '% BEFORE UPDATE ON %'
            and g.tgattr = ''
    )
);

select consolidation.claim_none(
    'the documents of user_workflow_run are compressed with lz4 where the server has it',
    array(
        select c.name
        from unnest(
            array[
                'context', 'config_snapshot', 'error_details', 'llm_prompt', 'llm_response',
                'events', 'screenshots', 'legacy'
            ]
        ) as c (name)
        where not exists (
            select from pg_catalog.pg_attribute as a
            cross join pg_catalog.pg_settings as s
            where
                a.attrelid = to_regclass('public.user_workflow_run')
                and a.attname = c.name
                and s.name = 'default_toast_compression'
                and (a.attcompression = 'l' or not 'lz4' = any (s.enumvals))
        )
    )
);

rollback;
