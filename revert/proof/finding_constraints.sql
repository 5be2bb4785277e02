-- Revert workflow_consolidation:proof/finding_constraints from pg

select consolidation.is_reverted('proof/finding_constraints') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_not_null;
drop view consolidation.finding_narrow_column;
drop view consolidation.finding_key_behaviour;
drop view consolidation.finding_unique_index;
drop view consolidation.finding_constraint;

delete from consolidation.deployed_change where change = 'proof/finding_constraints';

commit;
