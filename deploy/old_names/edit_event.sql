-- Deploy workflow_consolidation:old_names/edit_event to pg
--
-- Why:    these functions lock, find and change one event of a document, for writes to
--         workflow_events.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('old_names/edit_event') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.lock_events(wanted_trace_id bigint, wanted_step_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if wanted_step_id is null then
        perform consolidation.lock_run(wanted_trace_id);
    else
        perform
        from public.user_workflow_run_step as s
        where s.legacy_step_id = wanted_step_id
        for update;
    end if;
end;
$$;
comment on function consolidation.lock_events(bigint, bigint) is
'Locks the document that holds the events of a step or, where that is null, those of a run';

create function consolidation.find_event(
    wanted_trace_id bigint, wanted_step_id bigint, wanted_event_id bigint, previous jsonb
)
returns table (place bigint, element jsonb, content jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known record;
begin
    perform consolidation.lock_events(wanted_trace_id, wanted_step_id);
    -- The next statement sees what was committed during the wait for the lock. Of a step, it reads
    -- one document: a run may have thousands.
    select
        e.event_id,
        e.place,
        e.element,
        c.content,
        consolidation.to_bigint(e.element -> 'event_id') is null as has_no_id,
        c.content::text = previous::text as is_same
    into known
    from (
        select x.*
        from consolidation.event_row as x
        where x.trace_id = wanted_trace_id and x.step_id = wanted_step_id
        union all
        select x.*
        from consolidation.event_row as x
        where wanted_step_id is null and x.trace_id = wanted_trace_id and x.step_id is null
    ) as e
    cross join lateral (
        select
            consolidation.event_element(
                wanted_event_id, e.event_type, e.event_data, e."timestamp"
            )
            /* event: || consolidation.to_key('legacy_<further>', e.<further>) */
            as content
    ) as c
    where
        e.event_id = wanted_event_id
        or (wanted_event_id < 0 and consolidation.to_bigint(e.element -> 'event_id') is null)
    order by is_same desc, e.event_id = wanted_event_id desc, e.place
    limit 1;
    if known.place is null or (known.event_id <> wanted_event_id and not known.is_same) then
        return;
    end if;
    if known.has_no_id and not known.is_same then
        perform consolidation.raise_concurrent_update(
            format('Another transaction changed event_id %s meanwhile.', wanted_event_id)
        );
    end if;
    return query select known.place, known.element, known.content;
end;
$$;
comment on function consolidation.find_event(bigint, bigint, bigint, jsonb) is
'Locks the document of an old row and finds the element of that row in the present value. content:
what the element says now, with the id of the old row. An element without an id is first looked for
by its former content ("previous"): its place may have changed, also by this very statement. Returns
no row if it is gone. Raises 40001 if an element without an id has other content now';

create function consolidation.change_event(
    wanted_trace_id bigint, wanted_step_id bigint, place bigint, element jsonb
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if wanted_step_id is null then
        update public.user_workflow_run as r
        set events = consolidation.with_element(r.events, place, element)
        where r.legacy_trace_id = wanted_trace_id;
    else
        update public.user_workflow_run_step as s
        set events = consolidation.with_element(s.events, place, element)
        where s.legacy_step_id = wanted_step_id and s.legacy_trace_id = wanted_trace_id;
    end if;
    return found;
end;
$$;
comment on function consolidation.change_event(bigint, bigint, bigint, jsonb) is
'Replaces, removes or appends an event as with_element() does; false if its document is gone';

create function consolidation.refuse_known_event_id(wanted bigint, table_schema text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        exists (
            select from public.user_workflow_run_step as s
            where s.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
        or exists (
            select from public.user_workflow_run as r
            where
                r.events <> '[]'
                and r.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
    then
        perform consolidation.raise_unique(
            table_schema, 'workflow_events', 'workflow_events_pkey',
            format('Key (event_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;
comment on function consolidation.refuse_known_event_id(bigint, text) is
'Raises 23505 if an element has this event_id. The caller has locked the document, so that another
session that inserts the same id there waits, then sees it; ids from the sequence are new';

call consolidation.note_deployed('old_names/edit_event');

commit;
