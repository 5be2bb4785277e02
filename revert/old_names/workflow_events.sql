-- Revert workflow_consolidation:old_names/workflow_events from pg

select consolidation.is_reverted('old_names/workflow_events') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop view consolidation.workflow_events;
drop function consolidation.refuse_known_event_id(bigint);
drop function consolidation.write_workflow_events();
drop function consolidation.guard_workflow_events();
drop function consolidation.patch(jsonb, jsonb, jsonb);

delete from consolidation.deployed_change where change = 'old_names/workflow_events';

commit;
