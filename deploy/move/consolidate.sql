-- Deploy workflow_consolidation:move/consolidate to pg
--
-- Why:    the mapping forward. Rebuilds the documents of given executions from the old tables;
--         called again, it gives the same. Backfill, capture and redeploy all go through it.
-- Locks:  a call takes advisory locks on the executions, and rows of the document tables.
-- Revert: drops the function.
--
-- The one place where names are not schema-qualified: the old tables move from public to legacy
-- and back, and the function has to follow them.

select consolidation.is_deployed('move/consolidate') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.carried_back (
    trace_id bigint not null,
    constraint carried_back_pkey primary key (trace_id)
);
comment on table consolidation.carried_back is
'Executions whose documents were written to after a cut-over and then carried back to the old
tables. Their documents may hold what the old tables cannot; it is kept when they are rebuilt';
comment on column consolidation.carried_back.trace_id is 'The execution';

create function consolidation.lock_traces(trace_ids bigint [])
returns void
language sql
volatile
begin atomic
    -- 256 locks for neighbouring ids, not one an execution: those would not fit the lock table.
    -- Always in the same order, so that two sessions cannot wait for each other.
    select pg_advisory_xact_lock(hashtext('workflow_consolidation'), b.bucket)
    from (
        select distinct ((t.trace_id >> 8) & 255)::integer as bucket
        from unnest(trace_ids) as t (trace_id)
        order by bucket
    ) as b;
end;
comment on function consolidation.lock_traces(bigint []) is
'Serialises whoever carries these executions over or back, until the end of the transaction. Call it
in a statement of its own: the next one then sees what the session before it committed';

create function consolidation.lock_traces_shared(trace_ids bigint [])
returns void
language sql
volatile
begin atomic
    select pg_advisory_xact_lock_shared(hashtext('workflow_consolidation'), b.bucket)
    from (
        select distinct ((t.trace_id >> 8) & 255)::integer as bucket
        from unnest(trace_ids) as t (trace_id)
        order by bucket
    ) as b;
end;
comment on function consolidation.lock_traces_shared(bigint []) is
'As lock_traces, for batches of the backfill: none has the executions of another one, so they need
not wait for each other because a lock stands for neighbours as well';

create function consolidation.known_elements(
    runs public.user_workflow_run [], steps public.user_workflow_run_step []
)
returns table (legacy_trace_id bigint, events jsonb, screenshots jsonb)
language sql
stable
begin atomic
    with array_of (legacy_trace_id, owner, on_step, kind, elements) as (
        select r.legacy_trace_id, r.run_id, false, 'event', r.events
        from unnest(runs) as r
        union all
        select r.legacy_trace_id, r.run_id, false, 'screenshot', r.screenshots
        from unnest(runs) as r
        union all
        select s.legacy_trace_id, s.step_id, true, 'event', s.events
        from unnest(steps) as s
        union all
        select s.legacy_trace_id, s.step_id, true, 'screenshot', s.screenshots
        from unnest(steps) as s
    ),

    known as (
        select
            a.legacy_trace_id,
            a.kind,
            case a.kind
                when 'event' then consolidation.event_key(x.element, a.owner, x.place)::text
                else consolidation.screenshot_key(x.element, a.owner, x.place)::text
            end as key,
            x.element
        from array_of as a
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(a.elements) = 'array' then a.elements end
        ) with ordinality as x (element, place)
        where
            case a.kind
                when 'event' then consolidation.fits_event(x.element)
                else consolidation.fits_screenshot(x.element, a.on_step)
            end
    )

    select
        k.legacy_trace_id,
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'event'),
        jsonb_object_agg(k.key, k.element) filter (where k.kind = 'screenshot')
    from known as k
    group by k.legacy_trace_id;
end;
comment on function consolidation.known_elements(
    public.user_workflow_run [], public.user_workflow_run_step []
) is
'For each execution, its elements that the old tables can hold, by the id the old names show';

create function consolidation.merge_elements(
    known jsonb, rebuilt jsonb, known_by_id jsonb, kind text
)
returns jsonb
language sql
stable
-- From PostgreSQL 18 on an SQL function heeds the custom plans that consolidate() asks for, and
-- would be planned anew for each step.
set plan_cache_mode = force_generic_plan
begin atomic
    -- A key of a known element keeps its value if the old row says the same in its own words.
    -- Elements the old table could not hold follow the others, in their order.
    with merged as (
        select
            1 as part,
            n.place,
            coalesce(k.element, '{}') || (
                select jsonb_object_agg(
                    v.name,
                    case
                        when (k.element -> v.name)::text = v.content::text
                            then k.element -> v.name
                        when
                            v.name <> 'data'
                            and (
                                k.element ->> v.name = v.content #>> '{}'
                                or v.name = 'timestamp'
                                and public.from_iso8601(k.element ->> v.name)
                                = public.from_iso8601(v.content #>> '{}')
                                or v.name = 'confidence'
                                and round(consolidation.to_score(k.element -> v.name), 2)
                                = consolidation.to_score(v.content)
                            )
                            then k.element -> v.name
                        else v.content
                    end
                )
                from jsonb_each(n.element) as v (name, content)
            ) as element
        from jsonb_array_elements(rebuilt) with ordinality as n (element, place)
        cross join lateral (
            select
                known_by_id
                -> (n.element ->> case kind when 'event' then 'event_id' else 'screenshot_id' end)
                as element
        ) as k
        union all
        select
            2,
            x.place,
            x.element
        from (
            select
                a.element,
                a.place,
                a.element ->> case kind when 'event' then 'event_id' else 'screenshot_id' end as id,
                row_number() over (
                    partition by
                        a.element
                        ->> case kind when 'event' then 'event_id' else 'screenshot_id' end
                    order by a.place
                ) as copy
            from jsonb_array_elements(
                case when jsonb_typeof(known) = 'array' then known else '[]' end
            ) with ordinality as a (element, place)
        ) as x
        where
            not case kind
                when 'event' then consolidation.fits_event(x.element)
                else consolidation.fits_screenshot(x.element, kind = 'step screenshot')
            end
            -- Nor could it hold an element twice.
            or (
                x.copy > 1
                and exists (
                    select from jsonb_array_elements(rebuilt) as n (element)
                    where
                        x.id = n.element
                        ->> case kind when 'event' then 'event_id' else 'screenshot_id' end
                )
            )
    )

    select coalesce(jsonb_agg(m.element order by m.part, m.place), '[]')
    from merged as m;
end;
comment on function consolidation.merge_elements(jsonb, jsonb, jsonb, text) is
'The rebuilt array with what only the known documents of the execution can say: further keys of the
same element, wherever it was, and elements the old table cannot hold. kind: event, step screenshot
or run screenshot';

create function consolidation.rebuild_documents(trace_ids bigint [])
returns void
language plpgsql
set search_path = legacy, public, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- The document tables have no statistics while they are filled for the first time, and the planner
-- would read all of them for every batch. By its executions each table has an index.
set enable_seqscan = off
-- The documents of a batch are sorted and hashed; the default would send them through files.
set work_mem = '32MB'
as $$
declare
    known_run public.user_workflow_run [];
    known_step public.user_workflow_run_step [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();

    -- Only documents written to after a cut-over can hold what the old tables cannot.
    select array_agg(r)
    into known_run
    from public.user_workflow_run as r
    where
        r.legacy_trace_id = any (trace_ids)
        and r.legacy_trace_id in (select b.trace_id from consolidation.carried_back as b);
    if known_run is not null then
        select array_agg(s)
        into known_step
        from public.user_workflow_run_step as s
        inner join unnest(known_run) as k on k.legacy_trace_id = s.legacy_trace_id;
    end if;

    -- What is gone, and steps whose number changed: two of them may have swapped theirs, which no
    -- single update can follow.
    delete from public.user_workflow_run_step as d
    where
        d.legacy_trace_id = any (trace_ids)
        and not exists (
            select from workflow_steps as s
            where
                s.trace_id = any (trace_ids)
                and s.step_id = d.legacy_step_id
                and s.trace_id = d.legacy_trace_id
                and s.step_number = d.step_number
        );

    -- With its steps in one statement: an execution deleted since the one above would leave them
    -- without a run, as long as there is no foreign key to take them along.
    with gone as (
        delete from public.user_workflow_run as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from workflow_trace as t
                where t.trace_id = any (trace_ids) and t.trace_id = d.legacy_trace_id
            )
        returning d.legacy_trace_id
    )

    delete from public.user_workflow_run_step as s
    using gone as g
    where s.legacy_trace_id = g.legacy_trace_id;

    insert into public.user_workflow_run as known (
        run_id,
        workflow_id,
        org_id,
        status,
        channel,
        external_id,
        started_at,
        ended_at,
        duration_ms,
        context,
        endpoints_used,
        config_snapshot,
        error_message,
        error_details,
        llm_prompt,
        llm_response,
        llm_model,
        llm_tokens_used,
        tier,
        tier_reason,
        created_at,
        created_by,
        events,
        screenshots,
        legacy_trace_id,
        legacy_batch_job_item_id,
        legacy_action_type,
        legacy_action_detail,
        legacy_success,
        legacy_user_id,
        legacy_session_id,
        legacy
    )
    select
        -- An execution that was given another trace_id after a cut-over kept its run_id; whoever
        -- has that trace_id now gets a new one.
        case
            when exists (
                select from public.user_workflow_run as o
                where
                    o.run_id = consolidation.run_id(t.trace_id)
                    and o.legacy_trace_id <> t.trace_id
            )
                then gen_random_uuid()
            else consolidation.run_id(t.trace_id)
        end,
        t.workflow_id,
        t.org_id,
        t.status,
        t.channel,
        t.external_id,
        t.start_time,
        t.end_time,
        t.duration_ms,
        coalesce(c.context, '{}'),
        coalesce(p.endpoints_used, '[]'),
        t.config_snapshot,
        t.error_message,
        t.error_detail,
        t.llm_prompt,
        t.llm_response,
        t.llm_model,
        t.llm_tokens_used,
        t.tier,
        t.tier_reason,
        t.created_at,
        t.created_by,
        coalesce(to_jsonb(e.events), '[]'),
        coalesce(to_jsonb(sc.screenshots), '[]'),
        t.trace_id,
        t.batch_job_item_id,
        t.action_type,
        t.action_detail,
        t.success,
        t.user_id,
        t.session_id,
        c.legacy
    from workflow_trace as t
    left join (
        select
            x.trace_id,
            jsonb_object_agg(x.key, x.value) as context,
            jsonb_build_object(
                'context',
                jsonb_object_agg(
                    x.key,
                    consolidation.context_origin(x.context_id, x.created_at, x.updated_at)
                )
            ) as legacy
        from workflow_trace_context as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id
    ) as c on c.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            jsonb_agg(x.endpoint_id order by x.endpoint_id) as endpoints_used
        from workflow_trace_endpoint as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id
    ) as p on p.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            array_agg(
                consolidation.event_object(x.event_id, x.event_type, x.event_data, x."timestamp")
                order by x."timestamp", x.event_id
            ) as events
        from workflow_events as x
        where x.trace_id = any (trace_ids) and x.step_id is null
        group by x.trace_id
    ) as e on e.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            array_agg(
                consolidation.screenshot_object(
                    x.screenshot_id, x.org_id, x.node_name, x.step_index, x.screenshot_url,
                    x.thumbnail_url, x.action_description, x.element_selector, x.element_found,
                    x.confidence_score, x.created_at, x.node_id
                )
                order by x.created_at, x.screenshot_id
            ) as screenshots
        from workflow_trace_screenshot as x
        where
            x.trace_id = any (trace_ids)
            and not exists (
                select from workflow_steps as s
                where
                    s.trace_id = any (trace_ids)
                    and s.trace_id = x.trace_id
                    and s.step_number = x.step_index
            )
        group by x.trace_id
    ) as sc on sc.trace_id = t.trace_id
    where t.trace_id = any (trace_ids)
    order by t.trace_id
    on conflict (legacy_trace_id) do update set
        workflow_id = excluded.workflow_id,
        org_id = excluded.org_id,
        status = excluded.status,
        channel = excluded.channel,
        external_id = excluded.external_id,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        duration_ms = excluded.duration_ms,
        context = excluded.context,
        endpoints_used = excluded.endpoints_used,
        config_snapshot = excluded.config_snapshot,
        error_message = excluded.error_message,
        error_details = excluded.error_details,
        llm_prompt = excluded.llm_prompt,
        llm_response = excluded.llm_response,
        llm_model = excluded.llm_model,
        llm_tokens_used = excluded.llm_tokens_used,
        tier = excluded.tier,
        tier_reason = excluded.tier_reason,
        created_at = excluded.created_at,
        created_by = excluded.created_by,
        events = excluded.events,
        screenshots = excluded.screenshots,
        legacy_batch_job_item_id = excluded.legacy_batch_job_item_id,
        legacy_action_type = excluded.legacy_action_type,
        legacy_action_detail = excluded.legacy_action_detail,
        legacy_success = excluded.legacy_success,
        legacy_user_id = excluded.legacy_user_id,
        legacy_session_id = excluded.legacy_session_id,
        legacy = excluded.legacy;

    insert into public.user_workflow_run_step as known (
        step_id,
        run_id,
        node_id,
        step_number,
        status,
        retry_count,
        started_at,
        ended_at,
        duration_ms,
        input_data,
        output_data,
        screenshots,
        events,
        error_message,
        metadata,
        org_id,
        legacy_step_id,
        legacy_trace_id
    )
    select
        case
            when k.step_id is not null then k.step_id
            -- As above; the other one may have been deleted above, to be inserted again here.
            when
                consolidation.step_id(s.step_id) in (select o.step_id from unnest(known_step) as o)
                or exists (
                    select from public.user_workflow_run_step as o
                    where
                        o.step_id = consolidation.step_id(s.step_id)
                        and o.legacy_step_id <> s.step_id
                )
                then gen_random_uuid()
            else consolidation.step_id(s.step_id)
        end,
        r.run_id,
        s.node_id,
        s.step_number,
        s.status,
        s.retry_count,
        s.start_time,
        s.end_time,
        s.duration_ms,
        s.input_data,
        s.output_data,
        coalesce(to_jsonb(sc.screenshots), '[]'),
        coalesce(to_jsonb(e.events), '[]'),
        s.error_message,
        s.metadata,
        r.org_id,
        s.step_id,
        s.trace_id
    from workflow_steps as s
    inner join public.user_workflow_run as r
        on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = s.trace_id
    left join unnest(known_step) as k on k.legacy_step_id = s.step_id
    left join (
        select
            x.trace_id,
            x.step_id,
            array_agg(
                consolidation.event_object(x.event_id, x.event_type, x.event_data, x."timestamp")
                order by x."timestamp", x.event_id
            ) as events
        from workflow_events as x
        where x.trace_id = any (trace_ids) and x.step_id is not null
        group by x.trace_id, x.step_id
    ) as e on e.trace_id = s.trace_id and e.step_id = s.step_id
    left join (
        select
            x.trace_id,
            x.step_index,
            array_agg(
                consolidation.screenshot_object(
                    x.screenshot_id, x.org_id, x.node_name, x.step_index, x.screenshot_url,
                    x.thumbnail_url, x.action_description, x.element_selector, x.element_found,
                    x.confidence_score, x.created_at, x.node_id
                )
                order by x.created_at, x.screenshot_id
            ) as screenshots
        from workflow_trace_screenshot as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id, x.step_index
    ) as sc on sc.trace_id = s.trace_id and sc.step_index = s.step_number
    where s.trace_id = any (trace_ids)
    order by s.step_id
    on conflict (legacy_step_id) do update set
        run_id = excluded.run_id,
        node_id = excluded.node_id,
        step_number = excluded.step_number,
        status = excluded.status,
        retry_count = excluded.retry_count,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        duration_ms = excluded.duration_ms,
        input_data = excluded.input_data,
        output_data = excluded.output_data,
        screenshots = excluded.screenshots,
        events = excluded.events,
        error_message = excluded.error_message,
        metadata = excluded.metadata,
        org_id = excluded.org_id,
        legacy_trace_id = excluded.legacy_trace_id;

    if known_run is null then
        return;
    end if;
    update public.user_workflow_run as r
    set
        context = r.context || c.content,
        -- With their origin, which a trigger would give them anew.
        legacy = case
            when c.content = '{}' then r.legacy
            else coalesce(r.legacy, '{}') || jsonb_build_object(
                'context', coalesce(r.legacy -> 'context', '{}') || c.origin
            )
        end,
        endpoints_used = r.endpoints_used || coalesce(
            (
                select jsonb_agg(p.element order by p.place)
                from jsonb_array_elements(
                    case
                        when jsonb_typeof(k.endpoints_used) = 'array' then k.endpoints_used
                        else '[]'
                    end
                ) with ordinality as p (element, place)
                where consolidation.to_bigint(p.element) is null
            ),
            '[]'
        ),
        events = consolidation.merge_elements(k.events, r.events, e.events, 'event'),
        screenshots = consolidation.merge_elements(
            k.screenshots, r.screenshots, e.screenshots, 'run screenshot'
        )
    from unnest(known_run) as k
    left join consolidation.known_elements(known_run, known_step) as e
        on e.legacy_trace_id = k.legacy_trace_id
    cross join lateral (
        select
            coalesce(jsonb_object_agg(x.key, x.value), '{}') as content,
            coalesce(jsonb_object_agg(x.key, k.legacy -> 'context' -> x.key), '{}') as origin
        from jsonb_each(
            case when jsonb_typeof(k.context) = 'object' then k.context end
        ) as x
        where length(x.key) > 255
    ) as c
    where r.run_id = k.run_id;
    update public.user_workflow_run_step as s
    set
        error_details = k.error_details,
        events = consolidation.merge_elements(k.events, s.events, e.events, 'event'),
        screenshots = consolidation.merge_elements(
            k.screenshots, s.screenshots, e.screenshots, 'step screenshot'
        )
    from unnest(known_step) as k
    left join consolidation.known_elements(known_run, known_step) as e
        on e.legacy_trace_id = k.legacy_trace_id
    where s.step_id = k.step_id;
exception
    when not_null_violation then
        raise exception using
            errcode = 'not_null_violation',
            message = 'an execution cannot be carried over: ' || sqlerrm,
            detail = format('Among the %s executions from trace_id %s.',
                cardinality(trace_ids), (select min(t.id) from unnest(trace_ids) as t (id))),
            hint = 'select * from consolidation.uncarriable(); lists such rows and their repair.';
end;
$$;
comment on function consolidation.rebuild_documents(bigint []) is
'The work of consolidate, for a caller who holds the locks of these executions; raises the same';

create function consolidation.consolidate(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.lock_traces(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
end;
$$;
comment on function consolidation.consolidate(bigint []) is
'Rebuilds the documents of these executions from the old tables, and removes those that are gone
there. Keeps what only the documents can say. Raises 23502 for a row that cannot be carried, 25000
in a transaction that is not read committed';
revoke all on function consolidation.rebuild_documents(bigint []) from public;
revoke all on function consolidation.consolidate(bigint []) from public;
revoke all on function consolidation.lock_traces(bigint []) from public;
revoke all on function consolidation.lock_traces_shared(bigint []) from public;

insert into consolidation.deployed_change (change) values ('move/consolidate');

commit;
