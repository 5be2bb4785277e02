-- Deploy workflow_consolidation:documents/get_run to pg
--
-- Why:    a run with all its steps in one call. Before, this took six queries, one for each table.
--         Their round trips and rows cost a client three times as much as this one value. The
--         result is json, not jsonb: the documents are written as they are, not built anew.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('documents/get_run') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.get_run(run_id uuid)
returns json
language plpgsql
stable
parallel safe
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
begin
    -- Columns are named: those of the old names are left out, and are dropped with them.
    return (
        select row_to_json(w)
        from (
            select
                r.run_id, r.workflow_id, r.org_id, r.status, r.channel, r.external_id,
                r.started_at, r.ended_at, r.duration_ms, r.context, r.endpoints_used,
                r.config_snapshot, r.error_message, r.error_details, r.llm_prompt, r.llm_response,
                r.llm_model, r.llm_tokens_used, r.tier, r.tier_reason, r.created_at, r.created_by,
                r.updated_at, r.events, r.screenshots,
                (
                    select coalesce(json_agg(row_to_json(t) order by t.step_number), '[]')
                    from (
                        select
                            s.step_id, s.node_id, s.step_number, s.status, s.retry_count,
                            s.started_at, s.ended_at, s.duration_ms, s.input_data, s.output_data,
                            s.screenshots, s.events, s.error_message, s.error_details, s.metadata
                        from public.user_workflow_run_step as s
                        where s.run_id = r.run_id
                    ) as t
                ) as steps
            from public.user_workflow_run as r
            where r.run_id = get_run.run_id
        ) as w
    );
end;
$$;
comment on function public.get_run(uuid) is
'A run as one JSON object: its columns, and "steps", an array of its steps in their order. Times are
in UTC. Null if the session sees no such run';

call consolidation.note_deployed('documents/get_run');

commit;
