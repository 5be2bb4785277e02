-- Revert workflow_consolidation:mapping/missed_column from pg

select consolidation.is_reverted('mapping/missed_column') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.missed_column();
drop function consolidation.place_of_further_columns();
delete from consolidation.deployed_change where change = 'mapping/missed_column';

commit;
