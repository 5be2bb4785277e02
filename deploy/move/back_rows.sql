-- Deploy workflow_consolidation:move/back_rows to pg
--
-- Why:    these functions write runs, steps and context keys of the documents into the old tables,
--         and only where they differ. They update runs and steps, so that the rows below these
--         stay.
-- Locks:  a call locks rows of the old tables.
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
    gone constant bigint [] := array(
        select o.trace_id
        from consolidation.old_trace as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from consolidation.back_trace as b
                where b.trace_id = any (trace_ids) and b.trace_id = o.trace_id
            )
    );
    -- Steps that the old table still has under a run that they were moved away from count as well.
    gone_steps constant bigint [] := array(
        select o.step_id
        from consolidation.old_step as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from consolidation.shown_steps(trace_ids) as b where b.step_id = o.step_id
            )
        union
        select o.step_id
        from consolidation.step_row as s
        inner join consolidation.old_step as o on o.step_id = s.step_id
        where
            s.trace_id = any (trace_ids)
            -- Otherwise they would be looked for among all steps there are.
            and o.step_id = any (array(
                select x.step_id from consolidation.step_row as x
                where x.trace_id = any (trace_ids)
            ))
            and o.trace_id <> s.trace_id
    );
begin
    -- Rows go before the rows that they refer to: not every database has keys that cascade.
    if cardinality(gone) > 0 then
        delete from consolidation.old_endpoint as o where o.trace_id = any (gone);
        delete from consolidation.old_context as o where o.trace_id = any (gone);
        delete from consolidation.old_screenshot as o where o.trace_id = any (gone);
        delete from consolidation.old_event as o where o.trace_id = any (gone);
    end if;
    if cardinality(gone_steps) > 0 then
        delete from consolidation.old_event as e where e.step_id = any (gone_steps);
        delete from consolidation.old_step as s where s.step_id = any (gone_steps);
    end if;
    if cardinality(gone) > 0 then
        delete from consolidation.old_trace as o where o.trace_id = any (gone);
    end if;
end;
$$;
comment on function consolidation.take_out(bigint []) is
'Deletes the runs and steps that the documents no longer show, with everything below them';

create function consolidation.put_in_traces(trace_ids bigint [])
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
            /* trace: , <further> */
        ) = row(
            b.batch_job_item_id, b.org_id, b.workflow_id, b.channel, b.external_id, b.status,
            b.action_type, b.action_detail, b.success, b.duration_ms, b.error_detail,
            b.error_message, b.llm_prompt, b.llm_response, b.llm_model, b.llm_tokens_used, b.tier,
            b.tier_reason, b.config_snapshot, b.start_time, b.end_time, b.created_at, b.user_id,
            b.created_by, b.session_id /* trace: , b.<further> */
        )
    from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids)
        and o.trace_id = any (trace_ids)
        and o.trace_id = b.trace_id
        and o::text <> b::text;
    insert into consolidation.old_trace overriding system value
    select b.* from consolidation.back_trace as b
    where
        b.trace_id = any (trace_ids)
        and not exists (
            select from consolidation.old_trace as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id
        );
end;
$$;
comment on function consolidation.put_in_traces(bigint []) is
'Updates and inserts the runs that the old table has otherwise, or not yet';

create function consolidation.put_in_steps(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update consolidation.old_step as o
    set
        (
            step_number, status, input_data, output_data, error_message, start_time, end_time,
            duration_ms, retry_count, metadata, node_id /* step: , <further> */
        ) = row(
            b.step_number, b.status, b.input_data, b.output_data, b.error_message, b.start_time,
            b.end_time, b.duration_ms, b.retry_count, b.metadata, b.node_id
            /* step: , b.<further> */
        )
    from consolidation.shown_steps(trace_ids) as b
    where
        o.trace_id = any (trace_ids)
        and (o.trace_id, o.step_id) = (b.trace_id, b.step_id)
        and o::text <> b::text;
    insert into consolidation.old_step overriding system value
    select b.* from consolidation.shown_steps(trace_ids) as b
    where
        not exists (
            select from consolidation.old_step as o
            where o.trace_id = any (trace_ids) and o.trace_id = b.trace_id and o.step_id = b.step_id
        );
end;
$$;
comment on function consolidation.put_in_steps(bigint []) is
'As put_in_traces, for steps';

create function consolidation.put_in_contexts(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.context_id) as copy
        from consolidation.back_context as b
        where b.trace_id = any (trace_ids)
    ),

    gone as (
        delete from consolidation.old_context as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s where s.trace_id = o.trace_id and s.context_id = o.context_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_context as o
        set
            (
                key, value, created_at, updated_at
            ) = row(
                s.key, s.value, s.created_at, s.updated_at
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.context_id = s.context_id
            and row(
                o.key::text, o.value, o.created_at, o.updated_at
            )::record *<> row(
                s.key::text, s.value, s.created_at, s.updated_at
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_context overriding system value
    select
        s.context_id, s.trace_id, s.key, s.value, s.created_at, s.updated_at
    from shown as s
    left join consolidation.old_context as o
        on o.trace_id = any (trace_ids) and o.trace_id = s.trace_id and o.context_id = s.context_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.context_id is null);
end;
$$;
comment on function consolidation.put_in_contexts(bigint []) is
'Deletes, updates and inserts the context keys of these runs that differ in the documents';

call consolidation.note_deployed('move/back_rows');

commit;
