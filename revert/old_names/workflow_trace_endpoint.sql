-- Revert workflow_consolidation:old_names/workflow_trace_endpoint from pg

select consolidation.is_reverted('old_names/workflow_trace_endpoint') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.workflow_trace_endpoint;
drop function consolidation.write_workflow_trace_endpoint();
drop function consolidation.deny_null_workflow_trace_endpoint();

delete from consolidation.deployed_change where change = 'old_names/workflow_trace_endpoint';

commit;
