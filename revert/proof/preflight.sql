-- Revert workflow_consolidation:proof/preflight from pg

select consolidation.is_reverted('proof/preflight') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.refuse_findings();
drop view consolidation.preflight;
drop table consolidation.accepted;

delete from consolidation.deployed_change where change = 'proof/preflight';

commit;
