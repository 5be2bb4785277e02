-- Deploy workflow_consolidation:documents/search to pg
--
-- Why:    "@>" on jsonb is not leakproof. Under row level security PostgreSQL therefore compares
--         org_id first and never asks a GIN index: a search costs as much as the organisation has
--         rows. These functions run as workflow_maintenance, from which no row is hidden. They
--         search with the index, only in the organisation of the session, and return only keys.
--         documents/find fetches the rows of these keys.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('documents/search') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.find_run_ids(
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
returns setof uuid
language plpgsql
stable
parallel restricted
rows 50
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if (find_run_ids.after_created_at is null) <> (find_run_ids.after_run_id is null) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_runs: after_created_at and after_run_id go together',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    -- No organisation, no rows.
    if organisation is null then
        return;
    end if;
    -- Planned for these very values: a missing one is no condition at all, and the given ones
    -- choose the indexes. The GIN indexes that have the organisation begin with array[org_id].
    return query
    select r.run_id
    from public.user_workflow_run as r
    where
        r.org_id = organisation
        and (
            (
                find_run_ids.context is null
                and find_run_ids.endpoint is null
                and find_run_ids.events is null
                and find_run_ids.screenshots is null
            )
            or array[r.org_id] @> array[organisation]
        )
        and (find_run_ids.context is null or r.context @> find_run_ids.context)
        and (
            find_run_ids.endpoint is null
            or r.endpoints_used @> jsonb_build_array(find_run_ids.endpoint)
        )
        and (
            find_run_ids.events is null
            or (
                -- The index has only runs that have such events.
                (r.events <> '[]' or find_run_ids.events = '[]')
                and r.events @> find_run_ids.events
            )
        )
        and (find_run_ids.screenshots is null or r.screenshots @> find_run_ids.screenshots)
        and (find_run_ids.status is null or r.status = find_run_ids.status)
        and (find_run_ids.created_from is null or r.created_at >= find_run_ids.created_from)
        and (find_run_ids.created_to is null or r.created_at < find_run_ids.created_to)
        and (
            find_run_ids.after_run_id is null
            or (r.created_at, r.run_id)
            < (find_run_ids.after_created_at, find_run_ids.after_run_id)
        )
    order by r.created_at desc, r.run_id desc
    limit find_run_ids.page_size;
end;
$$;
comment on function public.find_run_ids(
    jsonb, text, jsonb, jsonb, jsonb, timestamptz, timestamptz, integer, timestamptz, uuid
) is
'The keys of the runs that find_runs returns, in its order; for find_runs. Runs as
workflow_maintenance and looks only at the organisation of the session';

create function public.find_step_ids(
    events jsonb default null,
    screenshots jsonb default null,
    status text default null,
    started_from timestamptz default null,
    started_to timestamptz default null,
    page_size integer default null,
    after_started_at timestamptz default null,
    after_step_id uuid default null
)
returns setof uuid
language plpgsql
stable
parallel restricted
rows 50
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if find_step_ids.after_started_at is not null and find_step_ids.after_step_id is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_steps: after_started_at goes with after_step_id',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    if organisation is null then
        return;
    end if;
    return query
    select s.step_id
    from public.user_workflow_run_step as s
    where
        s.org_id = organisation
        and (
            (find_step_ids.events is null and find_step_ids.screenshots is null)
            or array[s.org_id] @> array[organisation]
        )
        and (find_step_ids.events is null or s.events @> find_step_ids.events)
        and (find_step_ids.screenshots is null or s.screenshots @> find_step_ids.screenshots)
        and (find_step_ids.status is null or s.status = find_step_ids.status)
        and (find_step_ids.started_from is null or s.started_at >= find_step_ids.started_from)
        and (find_step_ids.started_to is null or s.started_at < find_step_ids.started_to)
        and (
            find_step_ids.after_step_id is null
            or (coalesce(s.started_at, '-infinity'), s.step_id)
            < (coalesce(find_step_ids.after_started_at, '-infinity'), find_step_ids.after_step_id)
        )
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc
    limit find_step_ids.page_size;
end;
$$;
comment on function public.find_step_ids(
    jsonb, jsonb, text, timestamptz, timestamptz, integer, timestamptz, uuid
) is
'The keys of the steps that find_steps returns, in its order; for find_steps. Runs as
workflow_maintenance and looks only at the organisation of the session';

do $$
begin
    perform consolidation.give_to_maintenance(
        array(
            select p.oid::regprocedure
            from pg_proc as p
            where
                p.pronamespace = 'public'::regnamespace
                and p.proname in ('find_run_ids', 'find_step_ids')
        )
    );
end
$$;

call consolidation.note_deployed('documents/search');

commit;
