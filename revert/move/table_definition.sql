-- Revert workflow_consolidation:move/table_definition from pg

select consolidation.is_reverted('move/table_definition') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.table_definition(regclass);
drop function consolidation.bound_view(regclass);

delete from consolidation.deployed_change where change = 'move/table_definition';

commit;
