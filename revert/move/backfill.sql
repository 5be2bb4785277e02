-- Revert workflow_consolidation:move/backfill from pg

select consolidation.is_reverted('move/backfill') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

revoke select
on consolidation.workflow_trace, consolidation.workflow_steps
from workflow_maintenance;
revoke select, insert, delete
on public.workflow_trace, public.workflow_steps, public.workflow_events,
public.workflow_trace_screenshot, public.workflow_trace_context,
public.workflow_trace_endpoint
from workflow_maintenance;
revoke select, insert, delete on consolidation.carried_back from workflow_maintenance;
revoke select on consolidation.dropped_table from workflow_maintenance;
revoke execute
on function consolidation.consolidate(bigint []), consolidation.rebuild_documents(bigint []),
consolidation.carry_back(bigint []), consolidation.lock_traces(bigint []),
consolidation.lock_traces_shared(bigint [])
from workflow_maintenance;

drop view consolidation.progress_by_session;
drop view consolidation.progress;
drop procedure consolidation.backfill(integer, interval, interval, interval);
drop function consolidation.is_asked_to_stop();
drop function consolidation.stop_backfill(integer);
drop function consolidation.standby_lag();
drop function consolidation.check_pace(interval, interval, interval);
drop function consolidation.estimated_rows(text);
drop procedure consolidation.catch_up(integer, interval);
drop function consolidation.note_everything();
drop function consolidation.carry_changes(integer);
drop function consolidation.carry_chunk(bigint);
drop function consolidation.claim_chunk(integer);
drop function consolidation.plan_chunks();
drop function consolidation.check_batch_size(integer);
drop function consolidation.enter_batch();
drop table consolidation.chunk;

delete from consolidation.deployed_change where change = 'move/backfill';

commit;
