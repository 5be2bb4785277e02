-- Revert workflow_consolidation:move/catch_up from pg

select consolidation.is_reverted('move/catch_up') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.catch_up(integer, interval);
drop function consolidation.carry_changes(integer, bigint);
drop function consolidation.take_queued(bigint []);
drop function consolidation.queued_traces(bigint, integer);
drop function consolidation.note_everything();
delete from consolidation.deployed_change where change = 'move/catch_up';

commit;
