-- Revert workflow_consolidation:move/phase from pg

select consolidation.is_reverted('move/phase') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.old_name(text);
drop function consolidation.old_table(text);
drop function consolidation.phase();
drop function consolidation.require_read_committed();
drop function consolidation.six_tables();
drop table consolidation.dropped_table;
delete from consolidation.deployed_change where change = 'move/phase';

commit;
