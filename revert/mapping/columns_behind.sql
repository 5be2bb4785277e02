-- Revert workflow_consolidation:mapping/columns_behind from pg

select consolidation.is_reverted('mapping/columns_behind') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.base_column(regclass);
drop function consolidation.column_behind(regclass);


delete from consolidation.deployed_change where change = 'mapping/columns_behind';

commit;
