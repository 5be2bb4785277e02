-- Revert workflow_consolidation:move/take_locks from pg

select consolidation.is_reverted('move/take_locks') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.keep_batches_out(interval);
drop function consolidation.take_locks(regclass [], text, interval, interval);
drop function consolidation.end_autovacuum(regclass []);
drop function consolidation.milliseconds_since(timestamptz);
drop function consolidation.whole_seconds(interval);
drop function consolidation.give_way(integer);
drop function consolidation.lock_holders(regclass []);
drop table consolidation.run_lock;

delete from consolidation.deployed_change where change = 'move/take_locks';

commit;
