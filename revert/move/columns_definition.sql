-- Revert workflow_consolidation:move/columns_definition from pg

select consolidation.is_reverted('move/columns_definition') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.columns_definition(regclass);
drop function consolidation.serial_definition(regclass);
drop function consolidation.column_definition(regclass, smallint);

delete from consolidation.deployed_change where change = 'move/columns_definition';

commit;
