-- Deploy workflow_consolidation:move/back_rows to pg
--
-- Why:    rows of the documents into the old tables, and only where they differ.
-- Locks:  a call takes rows of the old tables.
-- Revert: drops the functions.

select consolidation.is_deployed('move/back_rows') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.take_out(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Steps that stand under an execution that they were moved away from.
    moved constant bigint [] := array(
        select o.step_id
        from consolidation.step_row as s
        inner join consolidation.old_step as o on o.step_id = s.step_id
        where s.trace_id = any (trace_ids) and o.trace_id <> s.trace_id
    );
begin
    if cardinality(moved) > 0 then
        delete from consolidation.old_event as e where e.step_id = any (moved);
        delete from consolidation.old_step as s where s.step_id = any (moved);
    end if;
    delete from consolidation.old_endpoint as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_endpoint as b
            where
                b.trace_id = any (trace_ids)
                and b.trace_id = o.trace_id
                and b.endpoint_id = o.endpoint_id
        );
    delete from consolidation.old_context as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_context as b
            where b.trace_id = any (trace_ids) and b.context_id = o.context_id and b::text = o::text
        );
    delete from consolidation.old_screenshot as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_screenshot as b
            where
                b.trace_id = any (trace_ids)
                and b.screenshot_id = o.screenshot_id and b::text = o::text
        );
    delete from consolidation.old_event as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_event as b
            where b.trace_id = any (trace_ids) and b.event_id = o.event_id and b::text = o::text
        );
    delete from consolidation.old_step as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_step as b
            where b.trace_id = any (trace_ids) and b.step_id = o.step_id
        );
    delete from consolidation.old_trace as o
    where
        o.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.back_trace as b
            where b.trace_id = any (trace_ids) and b.trace_id = o.trace_id
        );
end;
$$;
comment on function consolidation.take_out(bigint []) is
'Deletes the old rows of these executions that the documents show no more, or in other words. What
else stands below an execution or a step stays: these are updated';

create function consolidation.put_in_runs(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update consolidation.old_trace as o
    set
        (
            batch_job_item_id, org_id, workflow_id, channel, external_id, status, action_type,
            action_detail, success, duration_ms, error_detail, error_message, llm_prompt,
            llm_response, llm_model, llm_tokens_used, tier, tier_reason, config_snapshot,
            start_time, end_time, created_at, user_id, created_by, session_id
        ) = row(
            b.batch_job_item_id, b.org_id, b.workflow_id, b.channel, b.external_id, b.status,
            b.action_type, b.action_detail, b.success, b.duration_ms, b.error_detail,
            b.error_message, b.llm_prompt, b.llm_response, b.llm_model, b.llm_tokens_used, b.tier,
            b.tier_reason, b.config_snapshot, b.start_time, b.end_time, b.created_at, b.user_id,
            b.created_by, b.session_id
        )
    from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids) and o.trace_id = b.trace_id and o::text <> b::text;
    insert into consolidation.old_trace overriding system value
    select b.* from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_trace as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id
        );
    update consolidation.old_step as o
    set
        (
            step_number, status, input_data, output_data, error_message, start_time, end_time,
            duration_ms, retry_count, metadata, node_id
        ) = row(
            b.step_number, b.status, b.input_data, b.output_data, b.error_message, b.start_time,
            b.end_time, b.duration_ms, b.retry_count, b.metadata, b.node_id
        )
    from consolidation.back_step as b
    where
        b.trace_id = any (trace_ids)
        and (o.trace_id, o.step_id) = (b.trace_id, b.step_id) and o::text <> b::text;
    insert into consolidation.old_step overriding system value
    select b.* from consolidation.back_step as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_step as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id and o.step_id = b.step_id
        );
end;
$$;
comment on function consolidation.put_in_runs(bigint []) is
'Updates and inserts the executions and steps that the documents show otherwise or not yet';

create function consolidation.put_in_elements(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A second element with the same id is no reason to leave it out: it is refused, and its claim
    -- is settled then.
    insert into consolidation.old_event overriding system value
    select
        b.event_id, b.trace_id, b.step_id, b.event_type, b.event_data, b."timestamp"
    from (
        select x.*, row_number() over (partition by x.trace_id, x.event_id) as copy
        from consolidation.back_event as x
        where x.trace_id = any (trace_ids)
    ) as b
    where
        b.copy > 1
        or not exists (
            select from consolidation.old_event as o
            where
                o.trace_id = any (trace_ids)
                and o.trace_id = b.trace_id
                and o.event_id = b.event_id
        );
    insert into consolidation.old_screenshot overriding system value
    select
        b.screenshot_id, b.trace_id, b.org_id, b.node_name, b.step_index, b.screenshot_url,
        b.thumbnail_url, b.action_description, b.element_selector, b.element_found,
        b.confidence_score, b.created_at, b.node_id
    from (
        select x.*, row_number() over (partition by x.trace_id, x.screenshot_id) as copy
        from consolidation.back_screenshot as x
        where x.trace_id = any (trace_ids)
    ) as b
    where
        b.copy > 1
        or not exists (
            select from consolidation.old_screenshot as o
            where
                o.trace_id = any (trace_ids)
                and o.trace_id = b.trace_id
                and o.screenshot_id = b.screenshot_id
        );
    insert into consolidation.old_context overriding system value
    select
        b.context_id, b.trace_id, b.key, b.value, b.created_at, b.updated_at
    from (
        select x.*, row_number() over (partition by x.trace_id, x.context_id) as copy
        from consolidation.back_context as x
        where x.trace_id = any (trace_ids)
    ) as b
    where
        b.copy > 1
        or not exists (
            select from consolidation.old_context as o
            where
                o.trace_id = any (trace_ids)
                and o.trace_id = b.trace_id
                and o.context_id = b.context_id
        );
    insert into consolidation.old_endpoint overriding system value
    select b.* from consolidation.back_endpoint as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_endpoint as o
            where
                o.trace_id = any (trace_ids)
                and o.trace_id = b.trace_id
                and o.endpoint_id = b.endpoint_id
        );
end;
$$;
comment on function consolidation.put_in_elements(bigint []) is
'Inserts the events, screenshots, context keys and endpoints that the documents show and the old
tables do not hold';

create function consolidation.put_in(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.put_in_runs(trace_ids);
    perform consolidation.put_in_elements(trace_ids);
end;
$$;
comment on function consolidation.put_in(bigint []) is
'Updates and inserts the rows that the documents of these executions show and the old tables do not
hold';

call consolidation.note_deployed('move/back_rows');

commit;
