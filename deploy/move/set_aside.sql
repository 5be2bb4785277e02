-- Deploy workflow_consolidation:move/set_aside to pg
--
-- Why:    these views show the rows that each old table has to hold, and a table keeps those that
--         it refused. The insert converts rows to the types of an old table; a row that is refused
--         there can be set aside.
-- Locks:  none.
-- Revert: drops views, function and table.

select consolidation.is_deployed('move/set_aside') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.back_trace
with (security_invoker = true) as
select
    t.trace_id, t.batch_job_item_id, t.org_id, t.workflow_id, t.channel, t.external_id,
    t.status, t.action_type, t.action_detail, t.success, t.duration_ms, t.error_detail,
    t.error_message, t.llm_prompt, t.llm_response, t.llm_model, t.llm_tokens_used, t.tier,
    t.tier_reason, t.config_snapshot, t.start_time, t.end_time, t.created_at, t.user_id,
    t.created_by, t.session_id
from consolidation.trace_row as t;
comment on view consolidation.back_trace is
'Rows that workflow_trace has to hold, in the types of the documents';

create view consolidation.back_step
with (security_invoker = true) as
select
    s.step_id, s.trace_id, s.step_number, s.status, s.input_data, s.output_data,
    s.error_message, s.start_time, s.end_time, s.duration_ms, s.retry_count, s.metadata,
    s.node_id
from consolidation.step_row as s;
comment on view consolidation.back_step is
'Rows that workflow_steps has to hold, in the types of the documents';

create view consolidation.back_event
with (security_invoker = true) as
select
    e.event_id, e.trace_id, e.step_id, e.event_type, e.event_data, e."timestamp"
from consolidation.event_row as e
where e.fits;
comment on view consolidation.back_event is
'Rows that workflow_events has to hold, in the types of the documents';

create view consolidation.back_screenshot
with (security_invoker = true) as
select
    p.screenshot_id, p.trace_id, p.org_id, p.node_name, p.step_index, p.screenshot_url,
    p.thumbnail_url, p.action_description, p.element_selector, p.element_found,
    p.confidence_score, p.created_at, p.node_id
from consolidation.screenshot_row as p
where p.fits;
comment on view consolidation.back_screenshot is
'Rows that workflow_trace_screenshot has to hold, in the types of the documents';

create view consolidation.back_context
with (security_invoker = true) as
select
    c.context_id, c.trace_id, c.key, c.value, c.created_at, c.updated_at
from consolidation.context_row as c
where c.fits;
comment on view consolidation.back_context is
'Rows that workflow_trace_context has to hold, in the types of the documents';

create view consolidation.back_endpoint
with (security_invoker = true) as
select distinct
    e.trace_id, e.endpoint_id
from consolidation.endpoint_row as e
where e.fits;
comment on view consolidation.back_endpoint is
'Rows that workflow_trace_endpoint has to hold, in the types of the documents';

create table consolidation.set_aside (
    table_name text not null,
    trace_id bigint not null,
    content jsonb not null,
    error_code text not null,
    message text not null,
    at timestamptz not null default now(),
    replaced_at timestamptz
);
comment on table consolidation.set_aside is
'Rows that an old table refused when their run was carried back. They stay in the documents, unless
the old tables are written to again and replace them: then this is all that is left of them';
comment on column consolidation.set_aside.table_name is 'Old table that refused the row';
comment on column consolidation.set_aside.trace_id is 'Run of the row';
comment on column consolidation.set_aside.content is 'The row, as the old name shows it';
comment on column consolidation.set_aside.error_code is 'SQLSTATE of the refusal';
comment on column consolidation.set_aside.message is 'Message of the refusal';
comment on column consolidation.set_aside.at is 'When the row was refused';
comment on column consolidation.set_aside.replaced_at is
'When the documents were rebuilt from old tables with another version of it; null: they have it';
create index set_aside_trace_id_idx on consolidation.set_aside (trace_id);

create function consolidation.set_aside(
    table_name text, trace_id bigint, content jsonb, error_code text, message text
)
returns void
language sql
volatile
begin atomic
    insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
    values (table_name, trace_id, content, error_code, message);
end;
comment on function consolidation.set_aside(text, bigint, jsonb, text, text) is
'Notes a row that an old table refused';

call consolidation.note_deployed('move/set_aside');

commit;
