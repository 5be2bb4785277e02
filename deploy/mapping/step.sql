-- Deploy workflow_consolidation:mapping/step to pg
--
-- Why:    steps, mapped both ways as mapping/trace does for runs.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views, type and function.

select consolidation.is_deployed('mapping/step') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_step
with (security_invoker = true) as
select
    null::bigint as step_id,
    null::bigint as trace_id,
    null::integer as step_number,
    null::text as status,
    null::jsonb as input_data,
    null::jsonb as output_data,
    null::text as error_message,
    null::timestamptz as start_time,
    null::timestamptz as end_time,
    null::integer as duration_ms,
    null::integer as retry_count,
    null::jsonb as metadata,
    null::uuid as node_id
where false;
comment on view consolidation.old_step is
'The old table workflow_steps, in public or, after the cut-over, in legacy';

create view consolidation.step_row
with (security_invoker = true) as
select
    s.legacy_step_id as step_id,
    s.legacy_trace_id as trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.started_at as start_time,
    s.ended_at as end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id,
    s.run_id as of_run,
    s.org_id as of_organisation,
    (
        (
            s.step_id = consolidation.step_id(s.legacy_step_id)
            -- Or another step has that key, so that this one got a random key.
            or (
                substr(s.step_id::text, 15, 1) = '4'
                and exists (
                    select from public.user_workflow_run_step as o
                    where o.step_id = consolidation.step_id(s.legacy_step_id)
                )
            )
        )
        and s.error_details is null
        and jsonb_typeof(s.events) = 'array'
        and jsonb_typeof(s.screenshots) = 'array'
    ) is true as as_built
from public.user_workflow_run_step as s;
comment on view consolidation.step_row is
'Steps as rows of workflow_steps, with the run and the organisation they belong to. as_built: the
step has the key and the kinds of documents that consolidate() gives it, and no error_details';
-- The document says what the old table cannot.
call consolidation.bind_old_view('consolidation.old_step', 'public.workflow_steps');

create type consolidation.known_step as (
    step_id uuid,
    legacy_step_id bigint,
    legacy_trace_id bigint,
    events jsonb,
    screenshots jsonb,
    error_details jsonb
);
comment on type consolidation.known_step is
'Columns of a row of user_workflow_run_step that can say more than the old rows';

create function consolidation.write_steps(
    trace_ids bigint [], known consolidation.known_step []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    was_cut_over constant boolean := exists (select from consolidation.carried_back);
begin
    insert into public.user_workflow_run_step as d (
        step_id, run_id, node_id, step_number, status, retry_count, started_at, ended_at,
        duration_ms, input_data, output_data, screenshots, events, error_message, metadata,
        org_id, legacy_step_id, legacy_trace_id /* step: , legacy_<further> */
    )
    select
        case
            when k.step_id is not null then k.step_id
            -- As for runs. The other step may just have been deleted, to be inserted again here.
            when was_cut_over and (
                consolidation.step_id(s.step_id) in (select o.step_id from unnest(known) as o)
                or exists (
                    select from public.user_workflow_run_step as o
                    where
                        o.step_id = consolidation.step_id(s.step_id)
                        and o.legacy_step_id <> s.step_id
                )
            )
                then gen_random_uuid()
            else consolidation.step_id(s.step_id)
        end,
        r.run_id, s.node_id, s.step_number, s.status, s.retry_count, s.start_time, s.end_time,
        s.duration_ms, s.input_data, s.output_data, coalesce(p.screenshots, '[]'),
        coalesce(e.events, '[]'), s.error_message, s.metadata, r.org_id, s.step_id, s.trace_id
        /* step: , s.<further> */
    from consolidation.old_step as s
    inner join public.user_workflow_run as r
        on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = s.trace_id
    left join unnest(known) as k on k.legacy_step_id = s.step_id
    left join consolidation.events_of_old_rows(trace_ids, true) as e
        on e.trace_id = s.trace_id and e.step_id = s.step_id
    left join consolidation.screenshots_of_old_rows(trace_ids, true) as p
        on p.trace_id = s.trace_id and p.step_number = s.step_number
    where s.trace_id = any (trace_ids)
    on conflict (legacy_step_id) do update set
        (
            run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms,
            input_data, output_data, screenshots, events, error_message, metadata, org_id,
            legacy_trace_id /* step: , legacy_<further> */
        ) = row(
            excluded.run_id, excluded.node_id, excluded.step_number, excluded.status,
            excluded.retry_count, excluded.started_at, excluded.ended_at, excluded.duration_ms,
            excluded.input_data, excluded.output_data, excluded.screenshots, excluded.events,
            excluded.error_message, excluded.metadata, excluded.org_id, excluded.legacy_trace_id
            /* step: , excluded.legacy_<further> */
        )
    where d.* *<> excluded.*;
end;
$$;
comment on function consolidation.write_steps(bigint [], consolidation.known_step []) is
'Inserts the steps of these runs from the old tables, or replaces what they say. known: steps
that were carried back, which keep their keys';

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/step');

commit;
