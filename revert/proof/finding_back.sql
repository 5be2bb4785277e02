-- Revert workflow_consolidation:proof/finding_back from pg

select consolidation.is_reverted('proof/finding_back') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.obstacle_sequence;
drop view consolidation.obstacle_key;
drop view consolidation.obstacle_document;
drop view consolidation.obstacle_dependent;
drop view consolidation.obstacle_bound;
drop function consolidation.drop_statement(oid, oid, integer);
drop view consolidation.new_relation;

delete from consolidation.deployed_change where change = 'proof/finding_back';

commit;
