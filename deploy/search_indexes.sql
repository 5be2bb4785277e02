-- Deploy workflow_consolidation:search_indexes to pg
--
-- Why:    each index has a query that uses it, written above it and tried in
--         test/search_indexes.sql. Building the indexes after the backfill is cheaper, and nobody
--         waits for it. The GIN indexes begin with the organisation, so that a tenant's search does
--         not grow with what others have; a search without it uses them all the same. array[org_id]
--         rather than org_id, since the latter takes the extension btree_gin.
--
--         Each index is a transaction of its own: a deploy that was killed goes on with the index
--         it was at, and a batch waits for one index at most. An index that was being built leaves
--         nothing, so one that exists is complete; verify compares all definitions.
-- Locks:  share on the document tables, which no application uses before the cut-over; the
--         backfill and catch_up() wait.
-- Revert: drops the indexes.

select consolidation.is_deployed('search_indexes') as deployed \gset
\if :deployed
\quit
\endif

-- No search path is set either: it would outlive this script where one session executes all of
-- them. Every name has its schema.
set lock_timeout = '2s';

-- The indexes are not built concurrently: see Locks.
-- squawk-ignore-file require-concurrent-index-creation

-- context @> '{"correlation_id": "xyz789"}'
create index if not exists idx_run_context_gin on public.user_workflow_run
using gin ((array[org_id]), context pg_catalog.jsonb_path_ops);

-- events @> '[{"type": "error"}]'
create index if not exists idx_step_events_gin on public.user_workflow_run_step
using gin ((array[org_id]), events pg_catalog.jsonb_path_ops);

-- The same for events of no step: events @> '[{"type": "error"}]' and events <> '[]'
create index if not exists idx_run_events_gin on public.user_workflow_run
using gin ((array[org_id]), events pg_catalog.jsonb_path_ops)
where events operator(pg_catalog.<>) '[]'::jsonb; -- noqa: LT01

-- The latest runs of an organisation, and under row level security every list of runs.
create index if not exists idx_run_org_created on public.user_workflow_run (org_id, created_at);

-- Runs of an organisation in a state, for example those still running.
create index if not exists idx_run_org_status
on public.user_workflow_run (org_id, status, created_at);

-- The run that another system knows by its own id.
create index if not exists idx_run_external_id on public.user_workflow_run (external_id);

-- The runs of a workflow, the latest first.
create index if not exists idx_run_workflow on public.user_workflow_run (workflow_id, created_at);

-- The steps of an organisation in a state, for example those to be retried.
create index if not exists idx_step_org_status on public.user_workflow_run_step (org_id, status);

-- The steps that executed a node.
create index if not exists idx_step_node on public.user_workflow_run_step (node_id);

-- find_runs(endpoint => '5')
create index if not exists idx_run_endpoints_gin on public.user_workflow_run
using gin ((array[org_id]), endpoints_used pg_catalog.jsonb_path_ops);

-- find_steps(screenshots => '[{"action": "login"}]')
create index if not exists idx_step_screenshots_gin on public.user_workflow_run_step
using gin ((array[org_id]), screenshots pg_catalog.jsonb_path_ops);

comment on index public.idx_run_context_gin is 'Runs by keys and values of their context: @>';
comment on index public.idx_step_events_gin is 'Steps by one of their events: @>';
comment on index public.idx_run_events_gin is
'Runs by one of their events of no step: @>, together with events <> ''[]''';
comment on index public.idx_run_endpoints_gin is
'find_runs(endpoint => ...): the organisation, then its endpoints';
comment on index public.idx_step_screenshots_gin is
'find_steps(screenshots => ...): the organisation, then its screenshots';

call consolidation.note_deployed('search_indexes');

reset lock_timeout;
