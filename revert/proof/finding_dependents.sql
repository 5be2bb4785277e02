-- Revert workflow_consolidation:proof/finding_dependents from pg

select consolidation.is_reverted('proof/finding_dependents') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_publication;
drop view consolidation.finding_trigger;
drop view consolidation.finding_row_type;
drop view consolidation.finding_rule;
drop view consolidation.finding_materialized_view;
drop view consolidation.finding_function;
drop view consolidation.finding_default;
drop view consolidation.finding_view;

delete from consolidation.deployed_change where change = 'proof/finding_dependents';

commit;
