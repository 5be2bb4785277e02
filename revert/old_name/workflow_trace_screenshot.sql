-- Revert workflow_consolidation:old_name/workflow_trace_screenshot from pg

begin;

set local lock_timeout = '2s';

drop view consolidation.workflow_trace_screenshot;
drop function consolidation.write_workflow_trace_screenshot();
drop function consolidation.guard_workflow_trace_screenshot();
drop view consolidation.screenshot_row;

commit;
