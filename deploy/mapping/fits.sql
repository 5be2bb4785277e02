-- Deploy workflow_consolidation:mapping/fits to pg
--
-- Why:    these functions tell whether an old table can hold an element. The old table decides
--         about a null: if it allows one, an element that says null is a row with that null.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/fits') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.nullable_column (
    table_name text not null,
    column_name text not null,
    constraint nullable_column_pkey primary key (table_name, column_name)
);
comment on table consolidation.nullable_column is
'Columns of the old tables that could be null when the contract project dropped these; else empty';
comment on column consolidation.nullable_column.table_name is 'The old table';
comment on column consolidation.nullable_column.column_name is 'Its column';

create function consolidation.nullable_columns(table_name text)
returns text []
language sql
stable
parallel safe
-- Not by old_table(): a tenant reads this in a view, and may not look into the schema "legacy".
return array(
    select a.attname::text
    from pg_attribute as a
    where
        a.attrelid = (
            select c.oid
            from pg_class as c
            inner join pg_namespace as n on n.oid = c.relnamespace
            where
                n.nspname in ('legacy', 'public')
                and c.relname = nullable_columns.table_name
                and c.relkind = 'r'
            order by n.nspname
            limit 1
        )
        and a.attnum > 0
        and not a.attnotnull
        and not a.attisdropped
    union all
    select c.column_name
    from consolidation.computed_column(nullable_columns.table_name) as c
    where c.is_missing
    union all
    select n.column_name
    from consolidation.nullable_column as n
    where n.table_name = nullable_columns.table_name
);
comment on function consolidation.nullable_columns(text) is
'Columns of the old table of that name that can be null, or that it lacks; if the table was dropped,
those that could be null then';

create function consolidation.fits_event(
    element jsonb, moment timestamptz, nullable text [] default '{}'
)
returns boolean
language sql
stable
parallel safe
return
coalesce(length(element ->> 'type') <= 100, element -> 'type' = 'null', false)
and (moment is not null or coalesce(element -> 'timestamp' = 'null', false))
and case
    when element -> 'type' <> 'null' and element -> 'timestamp' <> 'null' then true
    else
        array_remove(
            array[
                case element -> 'type' when 'null' then 'event_type' end,
                case element -> 'timestamp' when 'null' then 'timestamp' end
            ],
            null
        ) <@ nullable
end;
comment on function consolidation.fits_event(jsonb, timestamptz, text []) is
'Whether workflow_events can hold the element: it has a type of at most 100 characters and a time.
It may also say null for a column of the old table that can be null. moment: what from_iso8601 reads
of its time; nullable: the names of these columns';

create function consolidation.fits_screenshot(
    element jsonb, moment timestamptz, on_step boolean, nullable text [] default '{}'
)
returns boolean
language sql
stable
parallel safe
return
coalesce(element ? 'url', false)
and (moment is not null or coalesce(element -> 'timestamp' = 'null', false))
and coalesce(length(element ->> 'node_name') <= 255, true)
and (
    on_step
    or (
        (
            consolidation.to_node_id(element -> 'node_id') is not null
            or coalesce(element -> 'node_id' = 'null', false)
        )
        and coalesce(
            consolidation.to_bigint(element -> 'step_index') between -2147483648 and 2147483647,
            element -> 'step_index' = 'null', false
        )
    )
)
and array_remove(
    array[
        case element -> 'url' when 'null' then 'screenshot_url' end,
        case element -> 'timestamp' when 'null' then 'created_at' end,
        case when not on_step and element -> 'node_id' = 'null' then 'node_id' end,
        case when not on_step and element -> 'step_index' = 'null' then 'step_index' end
    ],
    null
) <@ nullable;
comment on function consolidation.fits_screenshot(jsonb, timestamptz, boolean, text []) is
'Whether workflow_trace_screenshot can hold the element: it has a url and a time and, if it is on no
step, a node_id and a step_index of its own. It may also say null for a column of the old table that
can be null. moment, nullable: as of fits_event';

-- The time is spelled out each time: an expression is unfolded into the query. With a subquery for
-- the time the function is called instead, which takes four times as long.
create function consolidation.fits(kind text, element jsonb)
returns boolean
language sql
stable
parallel safe
return case
    when kind = 'event'
        then consolidation.fits_event(element, public.from_iso8601(element ->> 'timestamp'))
        or consolidation.fits_event(
            element, public.from_iso8601(element ->> 'timestamp'),
            consolidation.nullable_columns('workflow_events')
        )
    else consolidation.fits_screenshot(
        element, public.from_iso8601(element ->> 'timestamp'), kind = 'step screenshot'
    )
    or consolidation.fits_screenshot(
        element, public.from_iso8601(element ->> 'timestamp'), kind = 'step screenshot',
        consolidation.nullable_columns('workflow_trace_screenshot')
    )
end;
comment on function consolidation.fits(text, jsonb) is
'Whether its old table can hold the element. kind: event, step screenshot or run screenshot. Asks
the catalog only for an element that says null';

call consolidation.note_deployed('mapping/fits');

commit;
