-- Deploy workflow_consolidation:mapping/event to pg
--
-- Why:    events, mapped both ways: the old table as a view that is bound to it wherever it moves,
--         its rows as elements of documents, and the elements as rows again.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views, type and functions.

select consolidation.is_deployed('mapping/event') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_event
with (security_invoker = true) as
select
    null::bigint as event_id,
    null::bigint as trace_id,
    null::bigint as step_id,
    null::varchar(100) as event_type,
    null::jsonb as event_data,
    null::timestamptz as "timestamp"
where false;
comment on view consolidation.old_event is
'The old table workflow_events, in public or, after the cut-over, in legacy';
call consolidation.bind_old_view('consolidation.old_event', 'public.workflow_events');

-- Elements are built as rows, whose attributes become the keys. to_jsonb makes an array of rows in
-- one go, in about half the time that jsonb_agg takes for as many objects.
create type consolidation.event_object as (
    type text,
    "timestamp" text,
    data jsonb,
    event_id bigint
);
comment on type consolidation.event_object is 'An element of events';

create function consolidation.event_object(
    event_id bigint, event_type text, event_data jsonb, moment timestamptz
)
returns consolidation.event_object
language sql
stable
parallel safe
return row(event_type, public.to_iso8601(moment), event_data, event_id)::consolidation.event_object;
comment on function consolidation.event_object(bigint, text, jsonb, timestamptz) is
'A row of workflow_events as an event_object, which to_jsonb makes an element of events';

create function consolidation.events_of_old_rows(trace_ids bigint [], on_steps boolean)
returns table (trace_id bigint, step_id bigint, events jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        e.trace_id::bigint,
        e.step_id::bigint,
        to_jsonb(
            array_agg(
                /* event: to_jsonb( */
                consolidation.event_object(e.event_id, e.event_type, e.event_data, e."timestamp")
                /* event: ) || consolidation.to_key('legacy_<further>', e.<further>) */
                order by e."timestamp", e.event_id
            )
        )
    from consolidation.old_event as e
    where e.trace_id = any (trace_ids) and (e.step_id is not null) = on_steps
    group by e.trace_id, e.step_id;
end;
$$;
comment on function consolidation.events_of_old_rows(bigint [], boolean) is
'The arrays of events of these runs: those of their steps, or those of no step';

create function consolidation.event_element(
    event_id bigint, event_type text, event_data jsonb, moment timestamptz
)
returns jsonb
language sql
stable
parallel safe
return to_jsonb(consolidation.event_object(event_id, event_type, event_data, moment));
comment on function consolidation.event_element(bigint, text, jsonb, timestamptz) is
'A row of workflow_events as an element of events';

create function consolidation.event_key(element jsonb, owner uuid, place bigint)
returns bigint
language sql
immutable
parallel safe
return coalesce(
    consolidation.to_bigint(element -> 'event_id'),
    consolidation.synthetic_id(owner, place::text)
);
comment on function consolidation.event_key(jsonb, uuid, bigint) is
'The event_id that the old name shows for an element of events. owner: run_id or step_id of its row;
place: position in the array, from 1';

create view consolidation.event_row
with (security_invoker = true) as
select
    e.event_id,
    r.legacy_trace_id as trace_id,
    s.legacy_step_id as step_id,
    e.event_type,
    e.event_data,
    e."timestamp",
    x.place,
    x.element,
    consolidation.fits_event(
        x.element, e."timestamp", (select consolidation.nullable_columns('workflow_events'))
    ) as fits,
    case
        when jsonb_typeof(x.element) = 'object'
            then x.element ?& '{type,timestamp,data,event_id}'
            and x.element - '{type,timestamp,data,event_id}'::text [] = '{}'
        else false
    end as as_built
from public.user_workflow_run as r
cross join (values (true), (false)) as k (of_run)
left join public.user_workflow_run_step as s on s.run_id = r.run_id and not k.of_run
cross join lateral jsonb_array_elements(
    case
        when k.of_run then case when jsonb_typeof(r.events) = 'array' then r.events end
        when jsonb_typeof(s.events) = 'array' then s.events
    end
) with ordinality as x (element, place)
-- Offset 0: an element is read once, not once for each row that a join makes of it.
cross join lateral (
    select
        consolidation.event_key(x.element, coalesce(s.step_id, r.run_id), x.place) as event_id,
        -- A cast alone would cut the text silently.
        (case when length(x.element ->> 'type') <= 100 then x.element ->> 'type' end)::varchar(100)
        as event_type,
        coalesce(x.element -> 'data', 'null') as event_data,
        public.from_iso8601(x.element ->> 'timestamp') as "timestamp"
    offset 0
) as e
-- True for every row. Without this condition the planner expects 100 elements a document, and the
-- five-join query compiles itself for a second.
where x.place between 1 and 2147483647;
comment on view consolidation.event_row is
'Events of the documents as rows of workflow_events, with their place in the array, the element
itself and whether the old table could hold it. as_built: the element has the keys that
consolidate() gives it, and no others';
call consolidation.show_computed('consolidation.event_row', 'workflow_events');

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/event');

commit;
