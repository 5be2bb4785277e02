-- Deploy workflow_consolidation:old_names/edit_screenshot to pg
--
-- Why:    these functions lock, find and change one screenshot of a document, for writes to
--         workflow_trace_screenshot.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('old_names/edit_screenshot') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.lock_screenshots(wanted_trace_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Only the documents tell which row holds it, so all that may hold it are locked.
    perform consolidation.lock_run(wanted_trace_id);
    perform
    from public.user_workflow_run_step as s
    where s.legacy_trace_id = wanted_trace_id
    order by s.step_number
    for update;
end;
$$;
comment on function consolidation.lock_screenshots(bigint) is
'Locks every document that may hold a screenshot of the run: the run, then its steps';

create function consolidation.find_screenshot(
    wanted_trace_id bigint, wanted_screenshot_id uuid, previous jsonb
)
returns table (on_step uuid, place bigint, element jsonb, content jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    known record;
begin
    perform consolidation.lock_screenshots(wanted_trace_id);
    -- The next statement sees what was committed during the wait for the locks.
    select
        s.screenshot_id,
        s.on_step,
        s.place,
        s.element,
        c.content,
        consolidation.to_uuid(s.element -> 'screenshot_id') is null as has_no_id,
        c.content::text = previous::text as is_same
    into known
    from consolidation.screenshot_row as s
    cross join lateral (
        select
            consolidation.screenshot_element(
                wanted_screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            )
            /* screenshot: || consolidation.to_key('legacy_<further>', s.<further>) */
            as content
    ) as c
    where
        s.trace_id = wanted_trace_id
        and (
            s.screenshot_id = wanted_screenshot_id
            or consolidation.to_uuid(s.element -> 'screenshot_id') is null
        )
    order by is_same desc, s.screenshot_id = wanted_screenshot_id desc, s.place
    limit 1;
    if
        known.place is null
        or (known.screenshot_id <> wanted_screenshot_id and not known.is_same)
    then
        return;
    end if;
    if known.has_no_id and not known.is_same then
        perform consolidation.raise_concurrent_update(
            format('Another transaction changed screenshot_id %s meanwhile.', wanted_screenshot_id)
        );
    end if;
    return query select known.on_step, known.place, known.element, known.content;
end;
$$;
comment on function consolidation.find_screenshot(bigint, uuid, jsonb) is
'As find_event(), with the step that holds the element; null: the run';

create function consolidation.change_screenshot(
    wanted_trace_id bigint, holder uuid, place bigint, element jsonb
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if holder is null then
        update public.user_workflow_run as r
        set screenshots = consolidation.with_element(r.screenshots, place, element)
        where r.legacy_trace_id = wanted_trace_id;
    else
        update public.user_workflow_run_step as s
        set screenshots = consolidation.with_element(s.screenshots, place, element)
        where s.step_id = holder;
    end if;
end;
$$;
comment on function consolidation.change_screenshot(bigint, uuid, bigint, jsonb) is
'Replaces or removes a screenshot as with_element() does. holder: the step, null for the run';

create function consolidation.append_screenshot(
    wanted_trace_id bigint, step_index integer, element jsonb
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.user_workflow_run_step as s
    set screenshots = consolidation.with_element(s.screenshots, null, element)
    where s.legacy_trace_id = wanted_trace_id and s.step_number = step_index;
    if not found then
        update public.user_workflow_run as r
        set screenshots = consolidation.with_element(r.screenshots, null, element)
        where r.legacy_trace_id = wanted_trace_id;
    end if;
    return found;
end;
$$;
comment on function consolidation.append_screenshot(bigint, integer, jsonb) is
'Appends a screenshot to the step whose number is step_index, else to the run; false if that is
gone';

create function consolidation.refuse_known_screenshot_id(
    wanted_trace_id bigint, wanted uuid, table_schema text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Another session that inserts the same id into the same run waits, then sees it.
    perform consolidation.lock_run(wanted_trace_id);
    if exists (
        select from consolidation.screenshot_row as s
        where s.trace_id = wanted_trace_id and s.screenshot_id = wanted
    ) then
        perform consolidation.raise_unique(
            table_schema, 'workflow_trace_screenshot', 'workflow_trace_screenshot_pkey',
            format('Key (screenshot_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;
comment on function consolidation.refuse_known_screenshot_id(bigint, uuid, text) is
'Locks the document of a run and raises 23505 if a screenshot of the run has this id';

call consolidation.note_deployed('old_names/edit_screenshot');

commit;
