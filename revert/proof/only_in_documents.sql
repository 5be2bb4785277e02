-- Revert workflow_consolidation:proof/only_in_documents from pg

select consolidation.is_reverted('proof/only_in_documents') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.only_in_documents();
drop function consolidation.only_in_computed();
drop function consolidation.only_in_elements();

delete from consolidation.deployed_change where change = 'proof/only_in_documents';

commit;
