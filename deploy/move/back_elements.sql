-- Deploy workflow_consolidation:move/back_elements to pg
--
-- Why:    these functions write elements of the documents into the old tables. They read each
--         document once, and write only the rows that differ.
-- Locks:  a call locks rows of the old tables.
-- Revert: drops the functions.

select consolidation.is_deployed('move/back_elements') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.put_in_events(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.event_id) as copy
        from consolidation.shown_events(trace_ids) as b
    ),

    gone as (
        delete from consolidation.old_event as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s where s.trace_id = o.trace_id and s.event_id = o.event_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_event as o
        set
            (
                step_id, event_type, event_data, "timestamp" /* event: , <further> */
            ) = row(
                s.step_id, s.event_type, s.event_data, s."timestamp" /* event: , s.<further> */
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.event_id = s.event_id
            and row(
                o.step_id::bigint, o.event_type::text, o.event_data, o."timestamp"
                /* event: , o.<further> */
            )::record *<> row(
                s.step_id::bigint, s.event_type::text, s.event_data, s."timestamp"
                /* event: , s.<further> */
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_event overriding system value
    select
        s.event_id, s.trace_id, s.step_id, s.event_type, s.event_data, s."timestamp"
        /* event: , s.<further> */
    from shown as s
    left join consolidation.old_event as o
        on o.trace_id = any (trace_ids) and o.trace_id = s.trace_id and o.event_id = s.event_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.event_id is null);
end;
$$;
comment on function consolidation.put_in_events(bigint []) is
'Deletes, updates and inserts the events of these runs that differ in the documents';

create function consolidation.put_in_screenshots(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    with shown as materialized (
        select
            b.*,
            row_number() over (partition by b.trace_id, b.screenshot_id) as copy
        from consolidation.shown_screenshots(trace_ids) as b
    ),

    gone as (
        delete from consolidation.old_screenshot as o
        where
            o.trace_id = any (trace_ids)
            and not exists (
                select from shown as s
                where s.trace_id = o.trace_id and s.screenshot_id = o.screenshot_id
            )
        returning 1
    ),

    changed as (
        update consolidation.old_screenshot as o
        set
            (
                org_id, node_name, step_index, screenshot_url, thumbnail_url, action_description,
                element_selector, element_found, confidence_score, created_at, node_id
                /* screenshot: , <further> */
            ) = row(
                s.org_id, s.node_name, s.step_index, s.screenshot_url, s.thumbnail_url,
                s.action_description, s.element_selector, s.element_found, s.confidence_score,
                s.created_at, s.node_id /* screenshot: , s.<further> */
            )
        from shown as s
        where
            s.copy = 1
            and o.trace_id = any (trace_ids)
            and o.trace_id = s.trace_id
            and o.screenshot_id = s.screenshot_id
            and row(
                o.org_id, o.node_name::text, o.step_index::bigint, o.screenshot_url::text,
                o.thumbnail_url::text, o.action_description::text, o.element_selector::text,
                o.element_found, o.confidence_score::numeric, o.created_at, o.node_id
                /* screenshot: , o.<further> */
            )::record *<> row(
                s.org_id, s.node_name::text, s.step_index::bigint, s.screenshot_url::text,
                s.thumbnail_url::text, s.action_description::text, s.element_selector::text,
                s.element_found, s.confidence_score::numeric, s.created_at, s.node_id
                /* screenshot: , s.<further> */
            )::record
            and (select count(*) from gone) >= 0
        returning 1
    )

    insert into consolidation.old_screenshot overriding system value
    select
        s.screenshot_id, s.trace_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
        s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
        s.confidence_score, s.created_at, s.node_id
        /* screenshot: , s.<further> */
    from shown as s
    left join consolidation.old_screenshot as o
        on o.trace_id = any (trace_ids)
        and o.trace_id = s.trace_id
        and o.screenshot_id = s.screenshot_id
    where
        -- Deletes first, then updates, then inserts: one row may take a key from another.
        (select count(*) from gone) >= 0
        and (select count(*) from changed) >= 0
        -- A second element with the same id is not left out: the table refuses it, and its claim is
        -- settled then.
        and (s.copy > 1 or o.screenshot_id is null);
end;
$$;
comment on function consolidation.put_in_screenshots(bigint []) is
'As put_in_events, for screenshots';

create function consolidation.put_in_endpoints(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
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
comment on function consolidation.put_in_endpoints(bigint []) is
'As put_in_events, for endpoints';

create function consolidation.put_in(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.put_in_traces(trace_ids);
    perform consolidation.put_in_steps(trace_ids);
    perform consolidation.put_in_events(trace_ids);
    perform consolidation.put_in_screenshots(trace_ids);
    perform consolidation.put_in_contexts(trace_ids);
    perform consolidation.put_in_endpoints(trace_ids);
end;
$$;
comment on function consolidation.put_in(bigint []) is
'Deletes, updates and inserts the rows of these runs in which the old tables differ from the
documents';

call consolidation.note_deployed('move/back_elements');

commit;
