-- Revert workflow_consolidation:move/remember_definitions from pg

select consolidation.is_reverted('move/remember_definitions') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.remember_definitions();
drop function consolidation.refuse_missing();
drop function consolidation.missing_object();
drop function consolidation.view_definition(regclass);
drop table consolidation.remembered_definition;

delete from consolidation.deployed_change where change = 'move/remember_definitions';

commit;
