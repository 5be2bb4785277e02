-- Deploy workflow_consolidation:move/settle_claims to pg
--
-- Why:    an element whose claim to an id is lost gets a new id, also in its document.
-- Locks:  a call locks rows of the document tables, and only those that nobody has locked.
-- Revert: drops the functions.

select consolidation.is_deployed('move/settle_claims') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.with_new_ids(elements jsonb, name text, new_ids jsonb)
returns jsonb
language sql
immutable
parallel safe
begin atomic
    select jsonb_agg(
        case
            when new_ids ? e.place::text
                then e.element || jsonb_build_object(name, new_ids -> e.place::text)
            else e.element
        end
        order by e.place
    )
    from jsonb_array_elements(elements) with ordinality as e (element, place);
end;
comment on function consolidation.with_new_ids(jsonb, text, jsonb) is
'The elements with new ids. new_ids: {place: id}';

create function consolidation.give_new_ids(
    kind text, wanted_trace_id bigint, wanted_step_id bigint, new_ids jsonb
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    case
        when kind = 'event' and wanted_step_id is null then
            update public.user_workflow_run as r
            set events = consolidation.with_new_ids(r.events, 'event_id', new_ids)
            where r.legacy_trace_id = wanted_trace_id;
        when kind = 'event' then
            update public.user_workflow_run_step as s
            set events = consolidation.with_new_ids(s.events, 'event_id', new_ids)
            where s.legacy_step_id = wanted_step_id;
        when kind = 'screenshot' and wanted_step_id is null then
            update public.user_workflow_run as r
            set screenshots = consolidation.with_new_ids(r.screenshots, 'screenshot_id', new_ids)
            where r.legacy_trace_id = wanted_trace_id;
        when kind = 'screenshot' then
            update public.user_workflow_run_step as s
            set screenshots = consolidation.with_new_ids(s.screenshots, 'screenshot_id', new_ids)
            where s.legacy_step_id = wanted_step_id;
        else
            update public.user_workflow_run as r
            set legacy = coalesce(
                case when jsonb_typeof(r.legacy) = 'object' then r.legacy end, '{}'
            ) || jsonb_build_object('context', o.origins)
            from (
                select
                    x.run_id,
                    jsonb_object_agg(
                        c.key,
                        coalesce(
                            case when jsonb_typeof(c.origin) = 'object' then c.origin end,
                            jsonb_build_object('created_at', public.to_iso8601(x.created_at))
                        )
                        || case
                            when new_ids ? c.key
                                then jsonb_build_object('context_id', new_ids -> c.key)
                            else '{}'
                        end
                    ) as origins
                from public.user_workflow_run as x
                inner join consolidation.context_row as c on c.trace_id = x.legacy_trace_id
                where x.legacy_trace_id = wanted_trace_id
                group by x.run_id
            ) as o
            where r.run_id = o.run_id;
    end case;
end;
$$;
comment on function consolidation.give_new_ids(text, bigint, bigint, jsonb) is
'Writes new ids into one document. kind: event, screenshot or context; new_ids: {place or key: id}';

create function consolidation.settle_claims(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- A document that an application has locked is left alone: nobody waits here, and the
    -- application's own write brings the run here again.
    free_runs constant bigint [] := array(
        select r.legacy_trace_id
        from public.user_workflow_run as r
        where r.legacy_trace_id in (
            select j.trace_id
            from consolidation.judged_claim(trace_ids) as j
            where j.verdict = 'lost' and j.step_id is null
        )
        for update skip locked
    );
    free_steps constant bigint [] := array(
        select s.legacy_step_id
        from public.user_workflow_run_step as s
        where s.legacy_step_id in (
            select j.step_id
            from consolidation.judged_claim(trace_ids) as j
            where j.verdict = 'lost'
        )
        for update skip locked
    );
    taken constant text [] := array(select c.id from consolidation.claims_of(trace_ids) as c);
    document record;
    moved record;
begin
    -- The claims are asked for again, now that nobody else changes them.
    for document in
        select
            j.kind,
            j.trace_id,
            j.step_id,
            jsonb_object_agg(j.place, consolidation.free_id(j.kind, taken)) as new_ids
        from consolidation.judged_claim(trace_ids) as j
        where
            j.verdict = 'lost'
            and (
                (j.step_id is null and j.trace_id = any (free_runs))
                or j.step_id = any (free_steps)
            )
        group by j.kind, j.trace_id, j.step_id
    loop
        perform consolidation.give_new_ids(
            document.kind, document.trace_id, document.step_id, document.new_ids
        );
    end loop;

    -- By arrays of ids: a join may read the old tables whole.
    select
        coalesce(array_agg(j.id) filter (where j.kind = 'event'), '{}') as events,
        coalesce(array_agg(j.id) filter (where j.kind = 'screenshot'), '{}') as screenshots,
        coalesce(array_agg(j.id) filter (where j.kind = 'context'), '{}') as contexts
    into moved
    from consolidation.judged_claim(trace_ids) as j
    where j.verdict = 'moved';
    delete from consolidation.old_event as o where o.event_id = any (moved.events::bigint []);
    delete from consolidation.old_screenshot/* numbered: _number */ as o
    where o.screenshot_id = any (
        /* numbered: array(select consolidation.screenshot_number(m.id) from unnest( */
        moved.screenshots::uuid []
        /* numbered: ) as m (id)) */
    );
    delete from consolidation.old_context as o where o.context_id = any (moved.contexts::bigint []);
end;
$$;
comment on function consolidation.settle_claims(bigint []) is
'Gives elements and context keys of these runs whose claim is lost a new id, also in their document.
Deletes a row that moved here where the old table still has it';

call consolidation.note_deployed('move/settle_claims');

commit;
