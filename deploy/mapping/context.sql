-- Deploy workflow_consolidation:mapping/context to pg
--
-- Why:    context keys, mapped both ways. An object has no room for the id and the times of a key;
--         the column "legacy" of the run holds these.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views and functions.

select consolidation.is_deployed('mapping/context') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_context
with (security_invoker = true) as
select
    null::bigint as context_id,
    null::bigint as trace_id,
    null::varchar(255) as key,
    null::jsonb as value,
    null::timestamptz as created_at,
    null::timestamptz as updated_at
where false;
comment on view consolidation.old_context is
'The old table workflow_trace_context, in public or, after the cut-over, in legacy';
call consolidation.bind_old_view('consolidation.old_context', 'public.workflow_trace_context');

create function consolidation.context_origin(
    context_id bigint, created_at timestamptz, updated_at timestamptz
)
returns jsonb
language sql
stable
parallel safe
return jsonb_build_object(
    'context_id', context_id,
    'created_at', public.to_iso8601(created_at),
    'updated_at', public.to_iso8601(updated_at)
);
comment on function consolidation.context_origin(bigint, timestamptz, timestamptz) is
'Id and times of a row of workflow_trace_context, as user_workflow_run.legacy keeps them';

create function consolidation.context_of_old_rows(trace_ids bigint [])
returns table (trace_id bigint, context jsonb, legacy jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        c.trace_id::bigint,
        jsonb_object_agg(c.key, c.value),
        jsonb_build_object(
            'context',
            jsonb_object_agg(
                c.key, consolidation.context_origin(c.context_id, c.created_at, c.updated_at)
            )
        )
    from consolidation.old_context as c
    where c.trace_id = any (trace_ids)
    group by c.trace_id;
end;
$$;
comment on function consolidation.context_of_old_rows(bigint []) is
'The context of these runs, and the id and times of each key for "legacy"';

-- A key has the time of its run and a computed id if it has no origin, or one that a tenant wrote.
-- So nothing in "legacy" can make a key disappear.
create view consolidation.context_row
with (security_invoker = true) as
select
    e.context_id,
    r.legacy_trace_id as trace_id,
    e.key,
    c.value,
    e.created_at,
    e.updated_at,
    c.place,
    c.origin,
    length(c.key) <= 255 as fits,
    (
        consolidation.to_bigint(c.origin -> 'context_id') is not null
        and (e.says_no_time or public.from_iso8601(c.origin ->> 'created_at') is not null)
    ) is true as as_built
from public.user_workflow_run as r
-- In a subquery of its own, whose keys come from the innermost one: no plan can take the origins
-- out of the document for each key, nor remember them by the whole of it.
cross join lateral (
    select
        k.key,
        k.value,
        k.place,
        l.origins -> k.key as origin
    from (
        select
            r.legacy -> 'context' as origins,
            case when jsonb_typeof(r.context) = 'object' then r.context end as content
        offset 0
    ) as l
    cross join lateral jsonb_each(l.content) with ordinality as k (key, value, place)
    offset 0
) as c
cross join lateral (
    select
        coalesce(
            consolidation.to_bigint(c.origin -> 'context_id'),
            consolidation.synthetic_id(r.run_id, c.key)
        ) as context_id,
        (case when length(c.key) <= 255 then c.key end)::varchar(255) as key,
        case
            when not n.says_no_time
                then coalesce(public.from_iso8601(c.origin ->> 'created_at'), r.created_at)
        end as created_at,
        public.from_iso8601(c.origin ->> 'updated_at') as updated_at,
        n.says_no_time
    from (
        select
            (
                c.origin -> 'created_at' = 'null'
                and 'created_at'
                = any ((select consolidation.nullable_columns('workflow_trace_context'))::text [])
            ) is true as says_no_time
    ) as n
    offset 0
) as e
where c.place between 1 and 2147483647;
comment on view consolidation.context_row is
'Context keys of the documents as rows of workflow_trace_context, with their place, their origin and
whether the old table could hold them. as_built: the origin has an id and a time';
call consolidation.show_computed('consolidation.context_row', 'workflow_trace_context');

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/context');

commit;
