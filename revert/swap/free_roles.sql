-- Revert workflow_consolidation:swap/free_roles from pg

select consolidation.is_reverted('swap/free_roles') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.isolate_unscoped_roles();
drop function consolidation.spare_unscoped_roles(jsonb);
drop function consolidation.unscoped_roles();
drop function consolidation.unscoped_role();
drop function consolidation.is_free(oid, regclass);
drop function consolidation.shows_all(oid);
drop function consolidation.document_source();

delete from consolidation.deployed_change where change = 'swap/free_roles';

commit;
