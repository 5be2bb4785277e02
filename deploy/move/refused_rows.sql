-- Deploy workflow_consolidation:move/refused_rows to pg
--
-- Why:    rows that old tables refused and the revert left in the documents outlive a rebuild: in
--         the documents where nothing stands in their place, else in consolidation.set_aside.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/refused_rows') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.is_any_refused(trace_ids bigint [])
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.set_aside as a
        where a.trace_id = any (trace_ids) and a.replaced_at is null
    );
end;
$$;
comment on function consolidation.is_any_refused(bigint []) is
'Whether the documents of these runs hold a row that an old table refused';

create function consolidation.refused_rows(trace_ids bigint [])
returns table (trace_id bigint, refused jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select r.trace_id, jsonb_object_agg(r.table_name, r.keys)
    from (
        select
            a.trace_id,
            a.table_name,
            jsonb_agg(
                coalesce(
                    a.content ->> 'event_id', a.content ->> 'screenshot_id', a.content ->> 'key',
                    a.content ->> 'endpoint_id'
                )
            ) as keys
        from consolidation.set_aside as a
        where
            a.trace_id = any (trace_ids)
            and a.replaced_at is null
            and a.content ?| '{event_id,screenshot_id,key,endpoint_id}'
            and not exists (
                select from consolidation.old_event as o
                where o.trace_id = a.trace_id and o.event_id::text = a.content ->> 'event_id'
            )
            and not exists (
                select from consolidation.old_screenshot as o
                where
                    o.trace_id = a.trace_id
                    and o.screenshot_id::text = a.content ->> 'screenshot_id'
            )
            and not exists (
                select from consolidation.old_context as o
                where o.trace_id = a.trace_id and o.key = a.content ->> 'key'
            )
            and not exists (
                select from consolidation.old_endpoint as o
                where o.trace_id = a.trace_id and o.endpoint_id::text = a.content ->> 'endpoint_id'
            )
        group by a.trace_id, a.table_name
    ) as r
    group by r.trace_id;
end;
$$;
comment on function consolidation.refused_rows(bigint []) is
'For each of these runs the elements that an old table refused and of which it holds no former
version: an object of arrays of their ids or keys, by table';

create function consolidation.is_only_here(
    run bigint, step bigint default null, step_number integer default null
)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Nothing can be below a run that was refused.
    if not exists (select from consolidation.old_trace as t where t.trace_id = run) then
        return exists (
            select from consolidation.set_aside as a
            where
                a.trace_id = run and a.table_name = 'workflow_trace' and a.replaced_at is null
        );
    end if;
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = run
            and a.table_name = 'workflow_steps'
            and a.replaced_at is null
            and a.content ->> 'step_id' = step::text
    ) and not exists (
        select from consolidation.old_step as s
        where
            s.trace_id = run
            and (s.step_id = step or s.step_number = is_only_here.step_number)
    );
end;
$$;
comment on function consolidation.is_only_here(bigint, bigint, integer) is
'Whether this run, or this step of it, is a document that the old table refused, and nothing there
stands in its place. run, step: old ids';

create function consolidation.note_replaced(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
    if not consolidation.is_any_refused(trace_ids) then
        return;
    end if;
    update consolidation.set_aside as a
    set replaced_at = now()
    where
        a.trace_id = any (trace_ids)
        and a.replaced_at is null
        and not exists (
            select from consolidation.new_rows(trace_ids) as n
            where
                (consolidation.six_tables())[n.ordinal] = a.table_name
                and n.content ->> 'trace_id' = a.trace_id::text
                and jsonb_strip_nulls(n.content) = jsonb_strip_nulls(a.content)
        );
end;
$$;
comment on function consolidation.note_replaced(bigint []) is
'Notes the refused rows of these runs that the documents no longer hold: what is kept of them in
set_aside is not removed by the next carry_back()';

call consolidation.note_deployed('move/refused_rows');

commit;
