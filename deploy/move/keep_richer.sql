-- Deploy workflow_consolidation:move/keep_richer to pg
--
-- Why:    documents that were carried back may say more than the old rows: further keys of an
--         element, elements that the old tables cannot hold. Rebuilding keeps these.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('move/keep_richer') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.keep_richer(
    known_run consolidation.known_run [], known_step consolidation.known_step []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    traces constant bigint [] := array(select k.legacy_trace_id from unnest(known_run) as k);
begin
    update public.user_workflow_run as r
    set
        context = r.context || c.content,
        -- The keys keep their origin, which a trigger would give them anew.
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
                where
                    consolidation.to_bigint(p.element) is null
                    or f.refused -> 'workflow_trace_endpoint' ? (p.element #>> '{}')
            ),
            '[]'
        ),
        events = consolidation.merge_elements(
            k.events, r.events, e.events, 'event', k.run_id, f.refused -> 'workflow_events'
        ),
        screenshots = consolidation.merge_elements(
            k.screenshots, r.screenshots, e.screenshots, 'run screenshot', k.run_id,
            f.refused -> 'workflow_trace_screenshot'
        )
    from unnest(known_run) as k
    left join consolidation.refused_rows(traces) as f on f.trace_id = k.legacy_trace_id
    left join consolidation.known_elements(known_run, known_step) as e
        on e.document = k.run_id
    cross join lateral (
        select
            coalesce(jsonb_object_agg(x.key, x.value), '{}') as content,
            coalesce(jsonb_object_agg(x.key, l.origins -> x.key), '{}') as origin
        from (
            select
                k.legacy -> 'context' as origins,
                case when jsonb_typeof(k.context) = 'object' then k.context end as content
            offset 0
        ) as l
        cross join lateral jsonb_each(l.content) as x
        where length(x.key) > 255 or f.refused -> 'workflow_trace_context' ? x.key
    ) as c
    -- A run or a step that was refused is as it was.
    where
        r.run_id = any (array(select x.run_id from unnest(known_run) as x))
        and r.run_id = k.run_id
        and exists (
            select from consolidation.old_trace as o
            where o.trace_id = any (traces) and o.trace_id = k.legacy_trace_id
        );
    update public.user_workflow_run_step as s
    set
        error_details = k.error_details,
        events = consolidation.merge_elements(
            k.events, s.events, e.events, 'event', k.step_id, f.refused -> 'workflow_events'
        ),
        screenshots = consolidation.merge_elements(
            k.screenshots, s.screenshots, e.screenshots, 'step screenshot', k.step_id,
            f.refused -> 'workflow_trace_screenshot'
        )
    from unnest(known_step) as k
    left join consolidation.refused_rows(traces) as f on f.trace_id = k.legacy_trace_id
    left join consolidation.known_elements(known_run, known_step) as e
        on e.document = k.step_id
    where
        s.step_id = any (array(select x.step_id from unnest(known_step) as x))
        and s.step_id = k.step_id
        and exists (
            select from consolidation.old_step as o
            where o.trace_id = any (traces) and o.step_id = k.legacy_step_id
        );
end;
$$;
comment on function consolidation.keep_richer(
    consolidation.known_run [], consolidation.known_step []
) is
'Gives rebuilt documents back what only the known ones could say: further keys, and elements that
the old tables cannot hold or refused';

call consolidation.note_deployed('move/keep_richer');

commit;
