-- Revert workflow_consolidation:access/set_privileges from pg

select consolidation.is_reverted('access/set_privileges') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.loose_function(text []);
drop procedure consolidation.note_deployed(text);
drop function consolidation.set_privileges(text [], oid []);
drop view consolidation.unequal_privilege;
drop function consolidation.unequal_privileges(text [], oid []);

revoke select, insert, update, delete
on public.workflow_trace, public.workflow_steps, public.workflow_events,
public.workflow_trace_screenshot, public.workflow_trace_context, public.workflow_trace_endpoint
from workflow_maintenance;

delete from consolidation.deployed_change where change = 'access/set_privileges';

commit;
