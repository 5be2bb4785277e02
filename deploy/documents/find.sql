-- Deploy workflow_consolidation:documents/find to pg
--
-- Why:    these functions return the rows of the keys that documents/search finds, with the rights
--         of the caller. A role that may not select from the table gets an error. Policies and
--         column privileges hold as usual.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('documents/find') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.find_runs(
    context jsonb default null,
    status text default null,
    endpoint jsonb default null,
    events jsonb default null,
    screenshots jsonb default null,
    created_from timestamptz default null,
    created_to timestamptz default null,
    page_size integer default null,
    after_created_at timestamptz default null,
    after_run_id uuid default null
)
returns setof public.user_workflow_run
language plpgsql
stable
parallel restricted
rows 50
set search_path = pg_catalog, pg_temp
as $$
begin
    -- "offset 0" makes the plan fetch rows by their keys, however many rows it expects an
    -- organisation to hold. The plan is made once, and some organisations have a thousand times as
    -- many rows as others.
    return query
    select r.*
    from public.find_run_ids(
        find_runs.context, find_runs.status, find_runs.endpoint, find_runs.events,
        find_runs.screenshots, find_runs.created_from, find_runs.created_to, find_runs.page_size,
        find_runs.after_created_at, find_runs.after_run_id
    ) as f (run_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run as t
        where t.run_id = f.run_id
        offset 0
    ) as r
    order by r.created_at desc, r.run_id desc;
end;
$$;
comment on function public.find_runs(
    jsonb, text, jsonb, jsonb, jsonb, timestamptz, timestamptz, integer, timestamptz, uuid
) is
'Runs of the organisation of the session, the latest first, with the help of indexes; none without
an organisation. Each parameter narrows the result, null does not. context, events (those of no
step), screenshots (those of no step): contained, as in context @> ''{"correlation_id": "xyz789"}''.
endpoint: an element of endpoints_used, 5 or "crm". created_from: inclusive, created_to: exclusive.
page_size: how many rows at most, default all; the next page: after_created_at and after_run_id of
its last row. Raises 22023 for one of the two without the other, 2201W for a negative page_size,
22P02 if app.current_org_id is no uuid, 42501 for a role that may not select from
user_workflow_run';

create function public.find_steps(
    events jsonb default null,
    screenshots jsonb default null,
    status text default null,
    started_from timestamptz default null,
    started_to timestamptz default null,
    page_size integer default null,
    after_started_at timestamptz default null,
    after_step_id uuid default null
)
returns setof public.user_workflow_run_step
language plpgsql
stable
parallel restricted
rows 50
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select s.*
    from public.find_step_ids(
        find_steps.events, find_steps.screenshots, find_steps.status, find_steps.started_from,
        find_steps.started_to, find_steps.page_size, find_steps.after_started_at,
        find_steps.after_step_id
    ) as f (step_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run_step as t
        where t.step_id = f.step_id
        offset 0
    ) as s
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc;
end;
$$;
comment on function public.find_steps(
    jsonb, jsonb, text, timestamptz, timestamptz, integer, timestamptz, uuid
) is
'Steps of the organisation of the session, the latest started first, those not started last, with
the help of indexes; none without an organisation. Each parameter narrows the result, null does not.
events, screenshots: contained, as in events @> ''[{"type": "error"}]''. started_from: inclusive,
started_to: exclusive. page_size: how many rows at most, default all; the next page:
after_started_at (null if it is) and after_step_id of its last row. Raises 22023 for
after_started_at without after_step_id, 2201W for a negative page_size, 22P02 if app.current_org_id
is no uuid, 42501 for a role that may not select from user_workflow_run_step';

create function public.find_event(
    event_id bigint,
    out run_id uuid,
    out step_id uuid,
    out place bigint,
    out event jsonb
)
returns setof record
language plpgsql
stable
parallel restricted
rows 1
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted constant jsonb := jsonb_build_array(
        jsonb_build_object('event_id', find_event.event_id)
    );
begin
    if find_event.event_id < 0 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('find_event: %s is no stored event_id', find_event.event_id),
            hint = 'The old names show negative numbers for events that new code added.';
    end if;
    return query
    select
        d.run_id,
        d.step_id,
        e.place,
        e.element
    from (
        select
            s.run_id,
            s.step_id,
            s.events
        -- All arguments are given and typed: nobody can create a closer match in the schema public.
        from public.find_steps(
            wanted, null::jsonb, null::text, null::timestamptz, null::timestamptz, null::integer,
            null::timestamptz, null::uuid
        ) as s
        union all
        select
            r.run_id,
            null,
            r.events
        from public.find_runs(
            null::jsonb, null::text, null::jsonb, wanted, null::jsonb, null::timestamptz,
            null::timestamptz, null::integer, null::timestamptz, null::uuid
        ) as r
    ) as d
    cross join lateral jsonb_array_elements(d.events) with ordinality as e (element, place)
    where e.element @> (wanted -> 0);
end;
$$;
comment on function public.find_event(bigint) is
'The event of an old event_id, in the organisation of the session, with the help of indexes: its
run, its step (null for an event of no step), its place in the array from 1, the event. No row if
there is none. Raises 22023 for a negative event_id, which only the old names show';

call consolidation.note_deployed('documents/find');

commit;
