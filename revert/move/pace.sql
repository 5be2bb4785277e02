-- Revert workflow_consolidation:move/pace from pg

select consolidation.is_reverted('move/pace') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.next_size(integer, bigint, interval, interval);
drop procedure consolidation.rest(timestamptz, interval, interval, boolean);
drop function consolidation.standby_lag();
drop function consolidation.check_pace(interval, interval, interval);
drop function consolidation.is_asked_to_stop();
drop function consolidation.stop_backfill(integer);
drop table consolidation.stop_request;

delete from consolidation.deployed_change where change = 'move/pace';

commit;
