-- Migration 018 as one transaction: correlated subqueries build the documents, keys are random.
-- Events and screenshots of no step, and the ids of elements, are lost: its tables have no place
-- for them.

begin;

create temporary table run_key on commit drop as
select
    t.trace_id,
    gen_random_uuid() as run_id
from workflow_trace as t;

create unique index on run_key (trace_id);

insert into user_workflow_run (
    run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms,
    context, endpoints_used, config_snapshot, error_message, error_details, llm_prompt,
    llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at, created_by
)
select
    k.run_id,
    t.workflow_id,
    t.org_id,
    t.status,
    t.channel,
    t.external_id,
    t.start_time,
    t.end_time,
    t.duration_ms,
    coalesce(
        (
            select jsonb_object_agg(c.key, c.value)
            from workflow_trace_context as c
            where c.trace_id = t.trace_id
        ),
        '{}'
    ),
    coalesce(
        (
            select jsonb_agg(p.endpoint_id)
            from workflow_trace_endpoint as p
            where p.trace_id = t.trace_id
        ),
        '[]'
    ),
    t.config_snapshot,
    t.error_message,
    t.error_detail,
    t.llm_prompt,
    t.llm_response,
    t.llm_model,
    t.llm_tokens_used,
    t.tier,
    t.tier_reason,
    t.created_at,
    t.created_by
from workflow_trace as t
inner join run_key as k on k.trace_id = t.trace_id;

insert into user_workflow_run_step (
    run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms,
    input_data, output_data, screenshots, events, error_message, metadata
)
select
    k.run_id,
    s.node_id,
    s.step_number,
    s.status,
    s.retry_count,
    s.start_time,
    s.end_time,
    s.duration_ms,
    s.input_data,
    s.output_data,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'url', x.screenshot_url,
                        'thumbnail_url', x.thumbnail_url,
                        'timestamp', x.created_at,
                        'action', x.action_description,
                        'selector', x.element_selector,
                        'element_found', x.element_found,
                        'confidence', x.confidence_score
                    )
                    order by x.created_at
                )
            from workflow_trace_screenshot as x
            where x.trace_id = s.trace_id and x.step_index = s.step_number
        ),
        '[]'
    ),
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'type', e.event_type,
                        'timestamp', e."timestamp",
                        'data', e.event_data
                    )
                    order by e."timestamp"
                )
            from workflow_events as e
            where e.step_id = s.step_id
        ),
        '[]'
    ),
    s.error_message,
    s.metadata
from workflow_steps as s
inner join run_key as k on k.trace_id = s.trace_id;

commit;
