-- Revert workflow_consolidation:old_name/workflow_events from pg

begin;

set local lock_timeout = '2s';

drop view consolidation.workflow_events;
drop function consolidation.refuse_known_event_id(bigint);
drop function consolidation.write_workflow_events();
drop function consolidation.guard_workflow_events();
drop function consolidation.patch(jsonb, jsonb, jsonb);
drop view consolidation.event_row;

commit;
