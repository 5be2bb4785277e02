-- Revert workflow_consolidation:proof/preflight_back from pg

select consolidation.is_reverted('proof/preflight_back') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.refuse_findings_back();
drop view consolidation.preflight_back;
drop view consolidation.obstacle_remembered;
drop function consolidation.trial_of_remembered(bigint);

delete from consolidation.deployed_change where change = 'proof/preflight_back';

commit;
