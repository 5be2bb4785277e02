-- Deploy workflow_consolidation:proof/finding_documents to pg
--
-- Why:    these views find obstacles to the documents and their views: names that somebody else has
--         taken meanwhile, new columns, documents larger than PostgreSQL allows.
-- Locks:  none.
-- Revert: drops views and function.

select consolidation.is_deployed('proof/finding_documents') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_name
with (security_invoker = true) as
select
    'refuse' as severity,
    'name' as kind,
    consolidation.qualified_name(c.oid) as object,
    format('has the name that %s gets at the cut-over', n.what) as consequence,
    format(
        'set lock_timeout = ''2s''; alter %s %s rename to %I; -- rewrites nothing; its users have '
        'to name it so',
        case c.relkind
            when 'v' then 'view'
            when 'm' then 'materialized view'
            when 'S' then 'sequence'
            when 'i' then 'index'
            when 'c' then 'type'
            else 'table'
        end,
        consolidation.qualified_name(c.oid), left('own_' || c.relname, 63)
    ) as remedy
from (
    values
    ('public.user_workflow_config', 'workflow_configs'),
    ('public.user_workflow_cache_state', 'micro_state')
) as n (name, what)
inner join pg_class as c on c.oid = to_regclass(n.name)
where consolidation.phase() = 'expand';
comment on view consolidation.finding_name is
'Relations that have a name which the cut-over gives away';

create view consolidation.finding_column
with (security_invoker = true) as
select
    'refuse' as severity,
    'column' as kind,
    format('%s.%I', consolidation.qualified_name(o.oid), a.attname) as object,
    'was added since @expand: the documents lack it' as consequence,
    case
        when m.column_name is not null then 'select consolidation.take_further_columns()'
        else format(
            'If nobody uses it any more: set lock_timeout = ''2s''; alter table %s drop column %I; '
            '-- rewrites nothing; the column is gone',
            consolidation.qualified_name(o.oid), a.attname
        )
    end as remedy
from consolidation.old_relation as o
inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
left join consolidation.missed_column() as m
    on m.old_table = o.relname and m.column_name = a.attname
where not exists (
    select from pg_attribute as v
    where v.attrelid = consolidation.old_name(o.relname) and v.attname = a.attname
)
union all
select
    'notice',
    'further column',
    format('%s.%s', p.old_table, s.attname),
    format(
        'becomes %slegacy_%s, and the old name shows it',
        coalesce(consolidation.qualified_name(p.document) || '.', 'the key '), s.attname
    ),
    null
from consolidation.place_of_further_columns() as p
inner join pg_attribute as b on b.attrelid = p.shown and b.attname = 'as_built'
inner join pg_attribute as s on s.attrelid = p.shown and s.attnum > b.attnum;
comment on view consolidation.finding_column is
'Columns of the old tables that the baseline does not know';

create function consolidation.refuse_new_columns()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    columns text;
begin
    select string_agg(f.object, ', ' order by f.object)
    into columns
    from consolidation.finding_column as f
    where f.severity = 'refuse';
    if columns is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the documents lack %s, added since the preflight', columns),
            hint = 'select * from consolidation.finding_column;';
    end if;
end;
$$;
comment on function consolidation.refuse_new_columns() is
'Under the locks of the cut-over, when no column can be added any more: raises 55000 if one was';

create function consolidation.oversized()
returns table (document text, trace_id bigint, step_id bigint, bytes numeric)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        return;
    end if;
    -- Stored values are compressed, by less than 1 to 260. Only sums that could get to the limit
    -- are unpacked. The added numbers stand for the keys of an element.
    return query
    with candidate as (
        select
            e.trace_id,
            e.step_id
        from consolidation.old_event as e
        group by e.trace_id, e.step_id
        having sum(pg_column_size(e.event_data) + 200) > 1000000
    ),

    context as (
        select c.trace_id
        from consolidation.old_context as c
        group by c.trace_id
        having sum(pg_column_size(c.value) + 400) > 1000000
    ),

    measured as (
        select
            'events' as document,
            c.trace_id,
            c.step_id,
            sum(pg_column_size(jsonb_build_array(e.event_data)) + 200)::numeric as bytes
        from candidate as c
        inner join consolidation.old_event as e
            on e.trace_id = c.trace_id and e.step_id is not distinct from c.step_id
        group by c.trace_id, c.step_id
        union all
        select
            'screenshots',
            p.trace_id,
            s.step_id,
            -- The size of text is known without unpacking it.
            sum(
                octet_length(p.screenshot_url) + coalesce(octet_length(p.thumbnail_url), 0)
                + octet_length(p.action_description)
                + coalesce(octet_length(p.element_selector), 0) + 300
            )
        from consolidation.old_screenshot as p
        left join consolidation.old_step as s
            on s.trace_id = p.trace_id and s.step_number = p.step_index
        group by p.trace_id, s.step_id
        union all
        select
            'context',
            c.trace_id,
            null,
            sum(pg_column_size(jsonb_build_array(c.value)) + 400)
        from context as x
        inner join consolidation.old_context as c on c.trace_id = x.trace_id
        group by c.trace_id
    )

    select
        m.document,
        m.trace_id::bigint,
        m.step_id::bigint,
        m.bytes
    from measured as m
    where m.bytes > 268435455;
end;
$$;
comment on function consolidation.oversized() is
'Lists each document that would have more than the 268,435,455 bytes of a jsonb array or object: its
column, trace_id and step_id (null: of the run itself) and size in bytes. Raises 42501 if row level
security would hide rows';

create view consolidation.finding_size
with (security_invoker = true) as
select
    'refuse' as severity,
    'size' as kind,
    format('%s of trace_id %s', o.document, o.trace_id) || coalesce(', step_id ' || o.step_id, '')
        as object,
    format(
        'would be %s, more than the 256 MB of a jsonb document', pg_size_pretty(o.bytes)
    ) as consequence,
    'Store large values elsewhere and their addresses here, or delete rows of this run.'
        as remedy
from consolidation.oversized() as o;
comment on view consolidation.finding_size is
'Events, screenshots or context of a run or a step that do not fit into one document';

call consolidation.note_deployed('proof/finding_documents');

commit;
