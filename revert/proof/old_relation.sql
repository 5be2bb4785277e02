-- Revert workflow_consolidation:proof/old_relation from pg

select consolidation.is_reverted('proof/old_relation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.rule_definition(oid);
drop function consolidation.description(oid, oid, integer);
drop function consolidation.qualified_routine(regprocedure);
drop function consolidation.qualified_name(regclass);
drop view consolidation.old_relation;

delete from consolidation.deployed_change where change = 'proof/old_relation';

commit;
