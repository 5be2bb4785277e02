-- Revert workflow_consolidation:access/privileges from pg

select consolidation.is_reverted('access/privileges') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.declared_privilege;
drop view consolidation.ruled_privilege;
drop view consolidation.project_object;
drop table consolidation.own_function;
drop view consolidation.privilege_rule;

delete from consolidation.deployed_change where change = 'access/privileges';

commit;
