-- Revert workflow_consolidation:proof/finding_access from pg

select consolidation.is_reverted('proof/finding_access') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_row_level_security;
drop view consolidation.finding_policy;
drop view consolidation.finding_view_privilege;
drop view consolidation.finding_write_only_privilege;
drop view consolidation.finding_column_privilege;

delete from consolidation.deployed_change where change = 'proof/finding_access';

commit;
