-- Revert workflow_consolidation:move/rebuild_old_tables from pg

select consolidation.is_reverted('move/rebuild_old_tables') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.rebuild_old_tables();
drop procedure consolidation.build_late_indexes();
drop function consolidation.build_late_index();

delete from consolidation.deployed_change where change = 'move/rebuild_old_tables';

commit;
