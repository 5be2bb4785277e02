-- Deploy workflow_consolidation:documents/application_types to pg
--
-- Why:    a plain column of a document takes the type of the old column it stands for. An
--         enumeration, a length or a width then needs no translation. The old names show the types
--         that applications know. A value that the old table could not hold is refused where it is
--         written. On a database with the baseline's types this changes nothing.
-- Locks:  access exclusive on the two new tables, which are empty and which nobody uses yet.
-- Revert: drops the functions. The types stay until the documents are dropped, which by then hold
--         nothing of their own.

select consolidation.is_deployed('documents/application_types') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.plain_column()
returns table (old_table text, old_column text, document text, document_column text)
language sql
immutable
parallel safe
begin atomic
    select
        v.old_table,
        v.old_column,
        v.document,
        v.document_column
    from (
        values
        ('workflow_trace', 'channel', 'user_workflow_run', 'channel'),
        ('workflow_trace', 'external_id', 'user_workflow_run', 'external_id'),
        ('workflow_trace', 'status', 'user_workflow_run', 'status'),
        ('workflow_trace', 'action_type', 'user_workflow_run', 'legacy_action_type'),
        ('workflow_trace', 'duration_ms', 'user_workflow_run', 'duration_ms'),
        ('workflow_trace', 'error_message', 'user_workflow_run', 'error_message'),
        ('workflow_trace', 'llm_prompt', 'user_workflow_run', 'llm_prompt'),
        ('workflow_trace', 'llm_response', 'user_workflow_run', 'llm_response'),
        ('workflow_trace', 'llm_model', 'user_workflow_run', 'llm_model'),
        ('workflow_trace', 'llm_tokens_used', 'user_workflow_run', 'llm_tokens_used'),
        ('workflow_trace', 'tier', 'user_workflow_run', 'tier'),
        ('workflow_trace', 'tier_reason', 'user_workflow_run', 'tier_reason'),
        ('workflow_steps', 'step_number', 'user_workflow_run_step', 'step_number'),
        ('workflow_steps', 'status', 'user_workflow_run_step', 'status'),
        ('workflow_steps', 'error_message', 'user_workflow_run_step', 'error_message'),
        ('workflow_steps', 'duration_ms', 'user_workflow_run_step', 'duration_ms'),
        ('workflow_steps', 'retry_count', 'user_workflow_run_step', 'retry_count'),
        ('workflow_steps', 'node_id', 'user_workflow_run_step', 'node_id')
    ) as v (old_table, old_column, document, document_column);
end;
comment on function consolidation.plain_column() is
'Columns of the old tables whose type is the application''s choice, and the document columns that
take it. Keys of the documents, times, other uuids, booleans and jsonb have one type everywhere';

create function consolidation.give_types(wanted jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
begin
    for found in
        select
            format('public.%I', c.document) as document,
            a.attname,
            w.value as type_name,
            pg_get_expr(d.adbin, d.adrelid) as default_value
        from jsonb_each_text(wanted) as w
        inner join consolidation.plain_column() as c
            on concat_ws('.', c.document, c.document_column) = w.key
        inner join pg_attribute as a
            on a.attrelid = format('public.%I', c.document)::regclass
            and a.attname = c.document_column
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where format_type(a.atttypid, a.atttypmod) <> w.value
    loop
        execute format(
            'alter table %1$s alter column %2$I drop default, '
            'alter column %2$I type %3$s using %2$I::text::%3$s',
            found.document, found.attname, found.type_name
        );
        if found.default_value is not null then
            execute format(
                'alter table %s alter column %I set default (%s)::text::%s',
                found.document, found.attname, found.default_value, found.type_name
            );
        end if;
    end loop;
end;
$$;
comment on function consolidation.give_types(jsonb) is
'Gives columns of the empty documents other types. wanted: {"table.column": type}';

do $$
begin
    perform consolidation.give_types(
        jsonb_object_agg(
            concat_ws('.', c.document, c.document_column),
            format_type(a.atttypid, a.atttypmod)
        )
    )
    from consolidation.plain_column() as c
    inner join pg_attribute as a
        on a.attrelid = consolidation.old_table(c.old_table) and a.attname = c.old_column;
end
$$;

call consolidation.note_deployed('documents/application_types');

commit;
