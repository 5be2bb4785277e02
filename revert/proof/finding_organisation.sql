-- Revert workflow_consolidation:proof/finding_organisation from pg

select consolidation.is_reverted('proof/finding_organisation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_workflow;
drop view consolidation.finding_screenshot;
drop function consolidation.shared_workflow();
drop function consolidation.stray_screenshot();

delete from consolidation.deployed_change where change = 'proof/finding_organisation';

commit;
