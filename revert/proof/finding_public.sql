-- Revert workflow_consolidation:proof/finding_public from pg

select consolidation.is_reverted('proof/finding_public') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_public;

delete from consolidation.deployed_change where change = 'proof/finding_public';

commit;
