-- Revert workflow_consolidation:old_name/workflow_trace_endpoint from pg

begin;

set local lock_timeout = '2s';

drop view consolidation.workflow_trace_endpoint;
drop function consolidation.write_workflow_trace_endpoint();
drop function consolidation.guard_workflow_trace_endpoint();
drop view consolidation.endpoint_row;

commit;
