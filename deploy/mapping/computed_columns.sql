-- Deploy workflow_consolidation:mapping/computed_columns to pg
--
-- Why:    an old table may lack columns of the baseline. The move computes such a column: as the
--         database administrator declared it, else as the document says, else null. These functions
--         say which columns that are, and how each is computed.
-- Locks:  none.
-- Revert: drops the functions and the declared columns.

select consolidation.is_deployed('mapping/computed_columns') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.column_source (
    table_name text not null,
    column_name text not null,
    expression text not null,
    constraint column_source_pkey primary key (table_name, column_name)
);
comment on table consolidation.column_source is
'Where a column of the baseline comes from that an old table lacks, as public.workflow_column_source
said when the project was deployed';
comment on column consolidation.column_source.table_name is 'The old table';
comment on column consolidation.column_source.column_name is 'The column that it lacks';
comment on column consolidation.column_source.expression is
'SQL expression over the columns of the old table, whose alias is t';

do $$
declare
    source constant regclass := to_regclass('public.workflow_column_source');
begin
    -- Expressions are executed, so that nobody else may have written them. verify/baseline.sql has
    -- tried them; the table may have come after that.
    if exists (
        select from pg_class as c
        inner join pg_roles as o on o.oid = c.relowner
        left join (
            select r.relacl as acl from pg_class as r where r.oid = source
            union all
            select a.attacl from pg_attribute as a where a.attrelid = source
        ) as p on true
        left join lateral aclexplode(p.acl) as x on x.grantee <> c.relowner
        where
            c.oid = source
            and (
                c.relkind <> 'r'
                or not (o.rolsuper or o.rolname = current_user)
                or x.privilege_type <> 'SELECT'
            )
    ) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'public.workflow_column_source is not a table that only you can write to',
            hint = 'Drop it, or take ownership and privileges from the others.';
    end if;
    if source is not null then
        execute format(
            'insert into consolidation.column_source (table_name, column_name, expression) '
            'select s.table_name, s.column_name, s.expression from %s as s', source
        );
    end if;
end
$$;

create function consolidation.part_of(table_name text)
returns text
language sql
immutable
parallel safe
return substring(table_name from '^workflow_(?:trace_)?(.*?)s?$');
comment on function consolidation.part_of(text) is
'The part of an old table''s name that the views on it have: event for workflow_events';

create function consolidation.computed_column(table_name text)
returns table (column_name name, type_name text, is_missing boolean)
language sql
stable
-- Not by old_table(): a tenant reads this in a view, and may not look into the schemas.
begin atomic
    select
        a.attname,
        format_type(a.atttypid, a.atttypmod),
        t.attname is null
    from pg_class as v
    inner join pg_namespace as m on m.oid = v.relnamespace and m.nspname = 'consolidation'
    inner join pg_attribute as a on a.attrelid = v.oid and a.attnum > 0
    left join (
        select
            t.attname,
            t.atttypid
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        inner join pg_attribute as t on t.attrelid = c.oid and not t.attisdropped
        where
            n.nspname in ('public', 'legacy')
            and c.relname = computed_column.table_name
            and c.relkind in ('r', 'p')
    ) as t on t.attname = a.attname
    where
        v.relname = concat('old_', consolidation.part_of(computed_column.table_name))
        and v.relkind = 'v'
        and (
            t.attname is null
            or (a.attname = 'screenshot_id' and t.atttypid <> 'uuid'::regtype)
        )
    order by a.attnum;
end;
comment on function consolidation.computed_column(text) is
'Columns of the baseline that an old table lacks, or has as numbers where the baseline has uuids,
with the type they have in the documents; none after the contract project';

create function consolidation.computed_keys(table_name text)
returns text []
language sql
stable
return array(
    select coalesce(k.key, c.column_name)
    from consolidation.computed_column(computed_keys.table_name) as c
    left join (
        values
        ('event_type', 'type'),
        ('event_data', 'data'),
        ('screenshot_url', 'url'),
        ('action_description', 'action'),
        ('element_selector', 'selector'),
        ('confidence_score', 'confidence'),
        ('created_at', 'timestamp')
    ) as k (column_name, key) on k.column_name = c.column_name
    -- These say what the run and the step say.
    where c.is_missing and c.column_name not in ('org_id', 'step_index')
);
comment on function consolidation.computed_keys(text) is
'Keys of elements that only the documents can say: those of columns that the old table lacks';

create function consolidation.is_computed_key(kind text, key text)
returns boolean
language sql
stable
return key = any (
    consolidation.computed_keys(
        case kind when 'event' then 'workflow_events' else 'workflow_trace_screenshot' end
    )
);
comment on function consolidation.is_computed_key(text, text) is
'Whether only documents can say this key of an element. kind: as of fits()';

create function consolidation.computed_screenshot(column_name name, kind_of_row text)
returns text
language sql
immutable
parallel safe
return case column_name
    when 'screenshot_id'
        then case kind_of_row
            when 'document' then '<row>.screenshot_id'
            else 'consolidation.screenshot_uuid(<row>.screenshot_id)'
        end
    when 'org_id'
        then case kind_of_row
            when 'old'
                then '(select r.org_id from consolidation.old_trace as r '
                'where r.trace_id = <row>.trace_id)'
            else '(select r.org_id from public.user_workflow_run as r '
            'where r.legacy_trace_id = <row>.trace_id)'
        end
    when 'step_index'
        then case kind_of_row
            when 'document' then '<row>.on_step_number'
            when 'old'
                then '(select s.step_number from consolidation.old_step as s '
                'where s.step_id = <row>.step_id and s.trace_id = <row>.trace_id)'
            else '(select s.step_number from public.user_workflow_run_step as s '
            'where s.legacy_step_id = <row>.step_id and s.legacy_trace_id = <row>.trace_id)'
        end
end;
comment on function consolidation.computed_screenshot(name, text) is
'The part of computed_value() for columns of workflow_trace_screenshot that are not just null: ids
that are numbers, the organisation of the run, the number of the step that step_id names';

create function consolidation.computed_value(
    table_name text, column_name name, type_name text, kind_of_row text
)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select coalesce(
        (
            select format('(%s)::%s', s.expression, computed_value.type_name)
            from consolidation.column_source as s
            where
                (s.table_name, s.column_name)
                = (computed_value.table_name, computed_value.column_name::text)
        ),
        -- What a run or a step says goes on in its document.
        (
            select format(
                '(select d.%I from public.%s as d where d.legacy_%s_id = <row>.%3$s_id)',
                b.base_column,
                case v.part when 'trace' then 'user_workflow_run' else 'user_workflow_run_step' end,
                v.part
            )
            from consolidation.base_column(
                to_regclass(format('consolidation.%s_row', v.part))
            ) as b
            where v.part in ('trace', 'step') and b.view_column = computed_value.column_name
        ),
        case
            when v.part = 'screenshot'
                then consolidation.computed_screenshot(computed_value.column_name, kind_of_row)
        end,
        format('null::%s', type_name)
    )
    from (select consolidation.part_of(table_name) as part) as v;
end;
comment on function consolidation.computed_value(text, name, text, text) is
'SQL expression for a computed column. <row> stands for the row, which is of a kind: old, of the old
table; document, of the documents in the columns of the baseline; new, of the view of the old name';

call consolidation.note_deployed('mapping/computed_columns');

commit;
