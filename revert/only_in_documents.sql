-- Revert workflow_consolidation:only_in_documents from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.only_in_documents();

commit;
