-- Verify workflow_consolidation:baseline on pg
--
-- Strict about what the consolidation relies on: every column of the six tables that are carried
-- over, and nothing besides, since a column the project does not know would be left behind.
-- Extra indexes, constraints and policies are fine. Of the two tables that are only renamed,
-- nothing but their existence matters. After the cut-over the six live in the schema "legacy";
-- once the contract project has dropped them, their saved definitions are checked instead.

begin;

do $$
declare
    report text;
    home text;
    dropped boolean := false;
begin
    home := case
        when to_regclass('legacy.workflow_trace') is not null then 'legacy'
        else 'public'
    end;
    if to_regclass('consolidation.dropped_table') is not null then
        execute 'select exists (select from consolidation.dropped_table)' into dropped;
    end if;
    if dropped then
        return;
    end if;

    with expected (table_name, column_name, family, definition) as (
        values
        ('workflow_trace', 'trace_id', 'integer', 'bigint'),
        ('workflow_trace', 'batch_job_item_id', 'uuid', 'uuid'),
        ('workflow_trace', 'org_id', 'uuid', 'uuid'),
        ('workflow_trace', 'workflow_id', 'uuid', 'uuid'),
        ('workflow_trace', 'channel', 'text', 'text'),
        ('workflow_trace', 'external_id', 'text', 'varchar(255)'),
        ('workflow_trace', 'status', 'text', 'text default ''pending'''),
        ('workflow_trace', 'action_type', 'text', 'text'),
        ('workflow_trace', 'action_detail', 'jsonb', 'jsonb'),
        ('workflow_trace', 'success', 'boolean', 'boolean default false'),
        ('workflow_trace', 'duration_ms', 'integer', 'integer'),
        ('workflow_trace', 'error_detail', 'jsonb', 'jsonb'),
        ('workflow_trace', 'error_message', 'text', 'text'),
        ('workflow_trace', 'llm_prompt', 'text', 'text'),
        ('workflow_trace', 'llm_response', 'text', 'text'),
        ('workflow_trace', 'llm_model', 'text', 'varchar(100)'),
        ('workflow_trace', 'llm_tokens_used', 'integer', 'integer'),
        ('workflow_trace', 'tier', 'integer', 'smallint'),
        ('workflow_trace', 'tier_reason', 'text', 'text'),
        ('workflow_trace', 'config_snapshot', 'jsonb', 'jsonb'),
        ('workflow_trace', 'start_time', 'timestamptz', 'timestamptz'),
        ('workflow_trace', 'end_time', 'timestamptz', 'timestamptz'),
        ('workflow_trace', 'created_at', 'timestamptz', 'timestamptz not null default now()'),
        ('workflow_trace', 'user_id', 'uuid', 'uuid'),
        ('workflow_trace', 'created_by', 'uuid', 'uuid'),
        ('workflow_trace', 'session_id', 'uuid', 'uuid'),
        ('workflow_steps', 'step_id', 'integer', 'bigint'),
        ('workflow_steps', 'trace_id', 'integer', 'bigint'),
        ('workflow_steps', 'step_number', 'integer', 'integer'),
        ('workflow_steps', 'status', 'text', 'text default ''pending'''),
        ('workflow_steps', 'input_data', 'jsonb', 'jsonb'),
        ('workflow_steps', 'output_data', 'jsonb', 'jsonb'),
        ('workflow_steps', 'error_message', 'text', 'text'),
        ('workflow_steps', 'start_time', 'timestamptz', 'timestamptz'),
        ('workflow_steps', 'end_time', 'timestamptz', 'timestamptz'),
        ('workflow_steps', 'duration_ms', 'integer', 'integer'),
        ('workflow_steps', 'retry_count', 'integer', 'integer not null default 0'),
        ('workflow_steps', 'metadata', 'jsonb', 'jsonb'),
        ('workflow_steps', 'node_id', 'uuid', 'uuid'),
        ('workflow_events', 'event_id', 'integer', 'bigint'),
        ('workflow_events', 'trace_id', 'integer', 'bigint'),
        ('workflow_events', 'step_id', 'integer', 'bigint'),
        ('workflow_events', 'event_type', 'text', 'varchar(100)'),
        ('workflow_events', 'event_data', 'jsonb', 'jsonb'),
        ('workflow_events', 'timestamp', 'timestamptz', 'timestamptz not null default now()'),
        ('workflow_trace_screenshot', 'screenshot_id', 'uuid', 'uuid'),
        ('workflow_trace_screenshot', 'trace_id', 'integer', 'bigint'),
        ('workflow_trace_screenshot', 'org_id', 'uuid', 'uuid'),
        ('workflow_trace_screenshot', 'node_name', 'text', 'varchar(255)'),
        ('workflow_trace_screenshot', 'step_index', 'integer', 'integer'),
        ('workflow_trace_screenshot', 'screenshot_url', 'text', 'text'),
        ('workflow_trace_screenshot', 'thumbnail_url', 'text', 'text'),
        ('workflow_trace_screenshot', 'action_description', 'text', 'text'),
        ('workflow_trace_screenshot', 'element_selector', 'text', 'text'),
        ('workflow_trace_screenshot', 'element_found', 'boolean', 'boolean default false'),
        ('workflow_trace_screenshot', 'confidence_score', 'numeric', 'numeric(3,2)'),
        ('workflow_trace_screenshot', 'created_at', 'timestamptz',
            'timestamptz not null default now()'),
        ('workflow_trace_screenshot', 'node_id', 'uuid', 'uuid'),
        ('workflow_trace_context', 'context_id', 'integer', 'bigint'),
        ('workflow_trace_context', 'trace_id', 'integer', 'bigint'),
        ('workflow_trace_context', 'key', 'text', 'varchar(255)'),
        ('workflow_trace_context', 'value', 'jsonb', 'jsonb'),
        ('workflow_trace_context', 'created_at', 'timestamptz',
            'timestamptz not null default now()'),
        ('workflow_trace_context', 'updated_at', 'timestamptz', 'timestamptz'),
        ('workflow_trace_endpoint', 'trace_id', 'integer', 'bigint'),
        ('workflow_trace_endpoint', 'endpoint_id', 'integer', 'bigint')
    ),

    old_table (table_name) as (
        select distinct table_name from expected
    ),

    actual as (
        select
            o.table_name,
            a.attname::text as column_name,
            format_type(a.atttypid, a.atttypmod) as type_name,
            case
                when t.typtype = 'e' then 'text'
                when a.atttypid in ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
                    then 'text'
                when a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
                    then 'integer'
                when a.atttypid = 'timestamptz'::regtype then 'timestamptz'
                else format_type(a.atttypid, null)
            end as family
        from old_table as o
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = to_regclass(format('%I.%I', home, o.table_name))
        inner join pg_catalog.pg_type as t on t.oid = a.atttypid
        where a.attnum > 0 and not a.attisdropped
    ),

    problem (table_name, column_name, line) as (
        select
            o.table_name,
            '',
            format('%s.%I is missing or not an ordinary table', home, o.table_name)
        from old_table as o
        where not exists (
            select from pg_catalog.pg_class as c
            where c.oid = to_regclass(format('%I.%I', home, o.table_name)) and c.relkind = 'r'
        )
        union all
        select
            e.table_name,
            e.column_name,
            case
                when a.column_name is null then format(
                    '%s.%I.%I is missing: alter table %s.%I add column %I %s;',
                    home, e.table_name, e.column_name,
                    home, e.table_name, e.column_name, e.definition
                )
                when e.column_name is null then format(
                    '%s.%I.%I (%s) is not known to the project and would be left behind',
                    home, a.table_name, a.column_name, a.type_name
                )
                else format(
                    '%s.%I.%I is %s, expected %s',
                    home, e.table_name, e.column_name, a.type_name, e.definition
                )
            end
        from expected as e
        full join actual as a
            on e.table_name = a.table_name and e.column_name = a.column_name
        where
            e.family is distinct from a.family
            and (a.column_name is not null or exists (
                select from actual as other where other.table_name = e.table_name
            ))
    )

    select string_agg(p.line, e'\n' order by p.table_name, p.column_name)
    into report
    from problem as p;

    if to_regclass('public.workflow_configs') is null then
        report := concat_ws(e'\n', report, 'public.workflow_configs is missing');
    end if;
    if to_regclass('public.micro_state') is null then
        report := concat_ws(e'\n', report, 'public.micro_state is missing');
    end if;

    if report is not null then
        raise exception using
            errcode = 'invalid_table_definition',
            message = 'the workflow tables are not the baseline the consolidation starts from:'
            || e'\n' || report,
            hint = 'Bring the tables to the baseline, or the project to the tables; then run this again.';
    end if;
end
$$;

rollback;
