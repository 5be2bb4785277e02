-- Revert workflow_consolidation:move/table_parts_definition from pg

select consolidation.is_reverted('move/table_parts_definition') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.privileges_definition(regclass);
drop function consolidation.comments_definition(regclass);
drop function consolidation.rules_definition(regclass);
drop function consolidation.keys_definition(regclass);

delete from consolidation.deployed_change where change = 'move/table_parts_definition';

commit;
