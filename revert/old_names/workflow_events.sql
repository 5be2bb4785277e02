-- Revert workflow_consolidation:old_names/workflow_events from pg

select consolidation.is_reverted('old_names/workflow_events') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.workflow_events;
drop function consolidation.write_workflow_events();
drop function consolidation.deny_null_workflow_events();

delete from consolidation.deployed_change where change = 'old_names/workflow_events';

commit;
