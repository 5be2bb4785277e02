-- Revert workflow_consolidation:move/drop_old_tables from pg

select consolidation.is_reverted('move/drop_old_tables') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.drop_old_tables(interval);
drop function consolidation.try_to_drop();
drop function consolidation.forget_old_tables();

delete from consolidation.deployed_change where change = 'move/drop_old_tables';

commit;
