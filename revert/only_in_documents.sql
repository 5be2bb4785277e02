-- Revert workflow_consolidation:only_in_documents from pg

select consolidation.is_reverted('only_in_documents') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.only_in_documents();

delete from consolidation.deployed_change where change = 'only_in_documents';

commit;
