-- Deploy workflow_consolidation:proof/suspects to pg
--
-- Why:    these functions do for runs, steps, context keys and endpoints what
--         proof/unequal_elements does for elements; suspects() puts all six together. They name too
--         many runs rather than too few: differences() says what differs in them.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/suspects') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.unequal_traces(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select t.*
        from consolidation.old_trace as t
        where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
    ) as o
    full join (
        select t.*
        from consolidation.trace_row as t
        where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
    ) as n
        on n.trace_id = o.trace_id
    left join consolidation.carried_back as b on b.trace_id = n.trace_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (not n.as_built and b.trace_id is null)
        or row(
            o.batch_job_item_id, o.org_id, o.workflow_id, o.channel::text,
            o.external_id::text, o.status::text, o.action_type::text, o.action_detail,
            o.success, o.duration_ms::bigint, o.error_detail, o.error_message::text,
            o.llm_prompt::text, o.llm_response::text, o.llm_model::text,
            o.llm_tokens_used::bigint, o.tier::bigint, o.tier_reason::text,
            o.config_snapshot, o.start_time, o.end_time, o.created_at, o.user_id,
            o.created_by, o.session_id /* trace: , o.<further> */
        )::record *<> row(
            n.batch_job_item_id, n.org_id, n.workflow_id, n.channel::text,
            n.external_id::text, n.status::text, n.action_type::text, n.action_detail,
            n.success, n.duration_ms::bigint, n.error_detail, n.error_message::text,
            n.llm_prompt::text, n.llm_response::text, n.llm_model::text,
            n.llm_tokens_used::bigint, n.tier::bigint, n.tier_reason::text,
            n.config_snapshot, n.start_time, n.end_time, n.created_at, n.user_id,
            n.created_by, n.session_id /* trace: , n.<further> */
        )::record;
end;
$$;
comment on function consolidation.unequal_traces(bigint, bigint, bigint []) is
'Runs from lo to hi, of ids if not null, whose own row differs';

create function consolidation.unequal_steps(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select s.*
        from consolidation.old_step as s
        where s.trace_id between lo and hi and (ids is null or s.trace_id = any (ids))
    ) as o
    full join (
        select
            s.*,
            s.as_built
            and r.legacy_trace_id = s.trace_id
            and r.org_id = s.of_organisation
            as is_strict
        from consolidation.step_row as s
        left join public.user_workflow_run as r on r.run_id = s.of_run
        where s.trace_id between lo and hi and (ids is null or s.trace_id = any (ids))
    ) as n on n.trace_id = o.trace_id and n.step_id = o.step_id
    left join consolidation.carried_back as b on b.trace_id = n.trace_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (n.is_strict is not true and b.trace_id is null)
        or row(
            o.step_number::bigint, o.status::text, o.input_data, o.output_data,
            o.error_message::text, o.start_time, o.end_time, o.duration_ms::bigint,
            o.retry_count::bigint, o.metadata, o.node_id /* step: , o.<further> */
        )::record *<> row(
            n.step_number::bigint, n.status::text, n.input_data, n.output_data,
            n.error_message::text, n.start_time, n.end_time, n.duration_ms::bigint,
            n.retry_count::bigint, n.metadata, n.node_id /* step: , n.<further> */
        )::record;
end;
$$;
comment on function consolidation.unequal_steps(bigint, bigint, bigint []) is
'As unequal_traces, for steps';

create function consolidation.unequal_contexts(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select c.*
        from consolidation.old_context as c
        where c.trace_id between lo and hi and (ids is null or c.trace_id = any (ids))
    ) as o
    full join (
        select
            c.*,
            b.trace_id is not null as is_loose
        from consolidation.context_row as c
        left join consolidation.carried_back as b on b.trace_id = c.trace_id
        where
            c.trace_id between lo and hi
            and (ids is null or c.trace_id = any (ids))
            and (b.trace_id is null or c.fits)
    ) as n
        on n.trace_id = o.trace_id and n.key = o.key
    where
        o.trace_id is null
        or n.trace_id is null
        or n.context_id <> o.context_id
        or row(o.value)::record *<> row(n.value)::record
        or case
            when not n.is_loose
                then not n.as_built
                or not consolidation.is_written_as(n.origin ->> 'created_at', o.created_at)
                or not consolidation.is_written_as(n.origin ->> 'updated_at', o.updated_at)
            else public.from_iso8601(n.origin ->> 'created_at') is distinct from o.created_at
                or public.from_iso8601(n.origin ->> 'updated_at') is distinct from o.updated_at
        end;
end;
$$;
comment on function consolidation.unequal_contexts(bigint, bigint, bigint []) is
'As unequal_events, for context keys, which have no place';

create function consolidation.unequal_endpoints(lo bigint, hi bigint, ids bigint [])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return query
    select coalesce(o.trace_id, n.trace_id)
    from (
        select
            e.*,
            row_number() over (partition by e.trace_id order by e.endpoint_id) as place
        from consolidation.old_endpoint as e
        where e.trace_id between lo and hi and (ids is null or e.trace_id = any (ids))
    ) as o
    full join (
        select
            e.*,
            b.trace_id is not null as is_loose
        from consolidation.endpoint_row as e
        left join consolidation.carried_back as b on b.trace_id = e.trace_id
        where
            e.trace_id between lo and hi
            and (ids is null or e.trace_id = any (ids))
            and (b.trace_id is null or e.fits)
    ) as n
        on n.trace_id = o.trace_id and n.endpoint_id = o.endpoint_id
    where
        o.trace_id is null
        or n.trace_id is null
        or (n.place <> o.place and not n.is_loose);
end;
$$;
comment on function consolidation.unequal_endpoints(bigint, bigint, bigint []) is
'As unequal_events, for endpoints';

create function consolidation.unequal_rows(
    lo bigint, hi bigint, ids bigint [],
    out traces bigint [], out steps bigint [], out events bigint [], out screenshots bigint [],
    out contexts bigint [], out endpoints bigint [], out any_table bigint []
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- Whoever calls this may want other plans for itself. A merge by trace_id alone is quadratic in the
-- rows of a run.
set enable_seqscan = on
set enable_nestloop = on
set enable_mergejoin = off
as $$
begin
    traces := array(select t.id from consolidation.unequal_traces(lo, hi, ids) as t (id));
    steps := array(select s.id from consolidation.unequal_steps(lo, hi, ids) as s (id));
    events := array(select e.id from consolidation.unequal_events(lo, hi, ids) as e (id));
    screenshots := array(select p.id from consolidation.unequal_screenshots(lo, hi, ids) as p (id));
    contexts := array(select c.id from consolidation.unequal_contexts(lo, hi, ids) as c (id));
    endpoints := array(select n.id from consolidation.unequal_endpoints(lo, hi, ids) as n (id));
    any_table := array(
        select distinct x.id
        from unnest(traces || steps || events || screenshots || contexts || endpoints) as x (id)
        order by x.id
    );
end;
$$;
comment on function consolidation.unequal_rows(bigint, bigint, bigint []) is
'Runs from lo to hi, of ids if not null, in which this old table and the documents are not the same
byte for byte, or whose documents hold more than it although nobody wrote to them. any_table: all of
them, once and in order';

create function consolidation.suspects(lo bigint, hi bigint, ids bigint [])
returns bigint []
language sql
stable
begin atomic
    select u.any_table from consolidation.unequal_rows(lo, hi, ids) as u;
end;
comment on function consolidation.suspects(bigint, bigint, bigint []) is
'Runs from lo to hi, of ids if not null, in which anything differs';

call consolidation.note_deployed('proof/suspects');

commit;
