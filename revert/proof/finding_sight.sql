-- Revert workflow_consolidation:proof/finding_sight from pg

select consolidation.is_reverted('proof/finding_sight') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_owner_view;
drop view consolidation.finding_no_policy;

delete from consolidation.deployed_change where change = 'proof/finding_sight';

commit;
