-- Revert workflow_consolidation:old_names/workflow_trace_screenshot from pg

select consolidation.is_reverted('old_names/workflow_trace_screenshot') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.workflow_trace_screenshot;
drop function consolidation.write_workflow_trace_screenshot();
drop function consolidation.forbid_other_org_id();
drop function consolidation.deny_null_workflow_trace_screenshot();

delete from consolidation.deployed_change where change = 'old_names/workflow_trace_screenshot';

commit;
