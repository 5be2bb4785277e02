-- Deploy workflow_consolidation:tenant_indexes to pg
--
-- Why:    what find_runs and find_steps look for besides the context and the events of steps; of
--         the same form as those.
-- Locks:  share on the document tables, which no application uses before the cut-over; the
--         backfill waits.
-- Revert: drops the indexes.

select consolidation.is_deployed('tenant_indexes') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- Not concurrently: see Locks.
-- squawk-ignore-file require-concurrent-index-creation

-- find_runs(endpoint => '5')
create index idx_run_endpoints_gin on public.user_workflow_run
using gin ((array[org_id]), endpoints_used jsonb_path_ops);

-- find_steps(screenshots => '[{"action": "login"}]')
create index idx_step_screenshots_gin on public.user_workflow_run_step
using gin ((array[org_id]), screenshots jsonb_path_ops);

comment on index public.idx_run_endpoints_gin is
'find_runs(endpoint => ...): the organisation, then its endpoints';
comment on index public.idx_step_screenshots_gin is
'find_steps(screenshots => ...): the organisation, then its screenshots';

insert into consolidation.deployed_change (change) values ('tenant_indexes');

commit;
