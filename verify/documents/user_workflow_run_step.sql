-- Verify workflow_consolidation:documents/user_workflow_run_step on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each column of user_workflow_run_step is as made, or as it is in workflow_steps',
    array(
        select v.column_name
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
            ('metadata', 'jsonb', false, '''{}''::jsonb'),
            ('org_id', 'uuid', true, null),
            ('legacy_step_id', 'bigint', true, null),
            ('legacy_trace_id', 'bigint', true, null)
        ) as v (column_name, type_name, is_not_null, default_value)
        left join pg_catalog.pg_attribute as a
            on
                a.attrelid = to_regclass('public.user_workflow_run_step')
                and a.attname = v.column_name
                and not a.attisdropped
        left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_catalog.pg_class as t
            on
                t.relname = 'workflow_steps'
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
    'the primary key and the keys of old ids of user_workflow_run_step exist',
    array(
        select k.name
        from (
            values
            ('user_workflow_run_step_pkey', 'PRIMARY KEY (step_id)'),
            ('user_workflow_run_step_legacy_step_id_key', 'UNIQUE (legacy_step_id)'),
            (
                'user_workflow_run_step_legacy_trace_id_step_number_key',
                'UNIQUE (legacy_trace_id, step_number)'
            )
        ) as k (name, definition)
        where not exists (
            select from pg_catalog.pg_constraint as c
            where
                c.conrelid = to_regclass('public.user_workflow_run_step')
                and c.conname = k.name
                and pg_get_constraintdef(c.oid) = k.definition
        )
    )
);

-- As the caller, it cannot find the runs of other organisations.
select consolidation.claim(
    'a trigger fills the keys of a new step from its run, with the rights of the caller',
    exists (
        select from pg_catalog.pg_trigger as g
        inner join pg_catalog.pg_proc as p on p.oid = g.tgfoid
        where
            g.tgrelid = to_regclass('public.user_workflow_run_step')
            and g.tgname = 'fill_step_keys'
            and p.oid = to_regprocedure('public.fill_step_keys()')
            and not p.prosecdef
            and g.tgenabled = 'O'
            and pg_get_triggerdef(g.oid) like '% BEFORE INSERT ON %row_security_active(%'
    )
);

select consolidation.claim_none(
    'the documents of user_workflow_run_step are compressed with lz4 where the server has it',
    array(
        select c.name
        from unnest(
            array[
                'input_data', 'output_data', 'screenshots', 'events', 'error_details', 'metadata'
            ]
        ) as c (name)
        where not exists (
            select from pg_catalog.pg_attribute as a
            cross join pg_catalog.pg_settings as s
            where
                a.attrelid = to_regclass('public.user_workflow_run_step')
                and a.attname = c.name
                and s.name = 'default_toast_compression'
                and (a.attcompression = 'l' or not 'lz4' = any (s.enumvals))
        )
    )
);

rollback;
