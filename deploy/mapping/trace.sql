-- Deploy workflow_consolidation:mapping/trace to pg
--
-- Why:    runs, mapped both ways: the old table as a view that is bound to it wherever it moves,
--         the documents as rows of that table, and the function that writes old rows into
--         documents.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views, type and function.

select consolidation.is_deployed('mapping/trace') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_trace
with (security_invoker = true) as
select
    null::bigint as trace_id,
    null::uuid as batch_job_item_id,
    null::uuid as org_id,
    null::uuid as workflow_id,
    null::text as channel,
    null::varchar(255) as external_id,
    null::text as status,
    null::text as action_type,
    null::jsonb as action_detail,
    null::boolean as success,
    null::integer as duration_ms,
    null::jsonb as error_detail,
    null::text as error_message,
    null::text as llm_prompt,
    null::text as llm_response,
    null::varchar(100) as llm_model,
    null::integer as llm_tokens_used,
    null::smallint as tier,
    null::text as tier_reason,
    null::jsonb as config_snapshot,
    null::timestamptz as start_time,
    null::timestamptz as end_time,
    null::timestamptz as created_at,
    null::uuid as user_id,
    null::uuid as created_by,
    null::uuid as session_id
where false;
comment on view consolidation.old_trace is
'The old table workflow_trace, in public or, after the cut-over, in legacy';

create view consolidation.trace_row
with (security_invoker = true) as
select
    r.legacy_trace_id as trace_id,
    r.legacy_batch_job_item_id as batch_job_item_id,
    r.org_id,
    r.workflow_id,
    r.channel,
    r.external_id,
    r.status,
    r.legacy_action_type as action_type,
    r.legacy_action_detail as action_detail,
    r.legacy_success as success,
    r.duration_ms,
    r.error_details as error_detail,
    r.error_message,
    r.llm_prompt,
    r.llm_response,
    r.llm_model,
    r.llm_tokens_used,
    r.tier,
    r.tier_reason,
    r.config_snapshot,
    r.started_at as start_time,
    r.ended_at as end_time,
    r.created_at,
    r.legacy_user_id as user_id,
    r.created_by,
    r.legacy_session_id as session_id,
    (
        (
            r.run_id = consolidation.run_id(r.legacy_trace_id)
            -- Or another run has that key, which is no secret. write_runs() then gives a random
            -- key, of version 4. Computed keys have version 8.
            or (
                substr(r.run_id::text, 15, 1) = '4'
                and exists (
                    select from public.user_workflow_run as o
                    where o.run_id = consolidation.run_id(r.legacy_trace_id)
                )
            )
        )
        and jsonb_typeof(r.context) = 'object'
        and jsonb_typeof(r.endpoints_used) = 'array'
        and jsonb_typeof(r.events) = 'array'
        and jsonb_typeof(r.screenshots) = 'array'
    ) is true as as_built
from public.user_workflow_run as r;
comment on view consolidation.trace_row is
'Runs as rows of workflow_trace. as_built: the run has the key and the kinds of documents that
consolidate() gives it';
-- The document says what the old table cannot.
call consolidation.bind_old_view('consolidation.old_trace', 'public.workflow_trace');

create type consolidation.known_run as (
    run_id uuid,
    legacy_trace_id bigint,
    context jsonb,
    endpoints_used jsonb,
    events jsonb,
    screenshots jsonb,
    legacy jsonb
);
comment on type consolidation.known_run is
'Columns of a row of user_workflow_run that can say more than the old rows. No function uses the row
type of a document table: "alter table" is refused while one does';

create function consolidation.write_runs(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Only after a cut-over can a run have got another trace_id. It kept its run_id, and the run
    -- that has its former trace_id now gets a new run_id.
    was_cut_over constant boolean := exists (select from consolidation.carried_back);
begin
    insert into public.user_workflow_run as d (
        run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at,
        duration_ms, context, endpoints_used, config_snapshot, error_message, error_details,
        llm_prompt, llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at,
        created_by, events, screenshots, legacy_trace_id, legacy_batch_job_item_id,
        legacy_action_type, legacy_action_detail, legacy_success, legacy_user_id,
        legacy_session_id, legacy /* trace: , legacy_<further> */
    )
    select
        case
            when was_cut_over and exists (
                select from public.user_workflow_run as o
                where
                    o.run_id = consolidation.run_id(t.trace_id)
                    and o.legacy_trace_id <> t.trace_id
            )
                then gen_random_uuid()
            else consolidation.run_id(t.trace_id)
        end,
        t.workflow_id, t.org_id, t.status, t.channel, t.external_id, t.start_time, t.end_time,
        t.duration_ms, coalesce(c.context, '{}'), coalesce(p.endpoints_used, '[]'),
        t.config_snapshot, t.error_message, t.error_detail, t.llm_prompt, t.llm_response,
        t.llm_model, t.llm_tokens_used, t.tier, t.tier_reason, t.created_at, t.created_by,
        coalesce(e.events, '[]'), coalesce(s.screenshots, '[]'), t.trace_id, t.batch_job_item_id,
        t.action_type, t.action_detail, t.success, t.user_id, t.session_id, c.legacy
        /* trace: , t.<further> */
    from consolidation.old_trace as t
    left join consolidation.context_of_old_rows(trace_ids) as c on c.trace_id = t.trace_id
    left join consolidation.endpoints_of_old_rows(trace_ids) as p on p.trace_id = t.trace_id
    left join consolidation.events_of_old_rows(trace_ids, false) as e on e.trace_id = t.trace_id
    left join consolidation.screenshots_of_old_rows(trace_ids, false) as s
        on s.trace_id = t.trace_id
    where t.trace_id = any (trace_ids)
    on conflict (legacy_trace_id) do update set
        (
            workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms,
            context, endpoints_used, config_snapshot, error_message, error_details, llm_prompt,
            llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at, created_by,
            events, screenshots, legacy_batch_job_item_id, legacy_action_type,
            legacy_action_detail, legacy_success, legacy_user_id, legacy_session_id, legacy
            /* trace: , legacy_<further> */
        ) = row(
            excluded.workflow_id, excluded.org_id, excluded.status, excluded.channel,
            excluded.external_id, excluded.started_at, excluded.ended_at, excluded.duration_ms,
            excluded.context, excluded.endpoints_used, excluded.config_snapshot,
            excluded.error_message, excluded.error_details, excluded.llm_prompt,
            excluded.llm_response, excluded.llm_model, excluded.llm_tokens_used, excluded.tier,
            excluded.tier_reason, excluded.created_at, excluded.created_by, excluded.events,
            excluded.screenshots, excluded.legacy_batch_job_item_id, excluded.legacy_action_type,
            excluded.legacy_action_detail, excluded.legacy_success, excluded.legacy_user_id,
            excluded.legacy_session_id, excluded.legacy
            /* trace: , excluded.legacy_<further> */
        )
    -- Writing the same once more would cost entries in every index.
    where d.* *<> excluded.*;
end;
$$;
comment on function consolidation.write_runs(bigint []) is
'Inserts these runs from the old tables, or replaces what they say';

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/trace');

commit;
