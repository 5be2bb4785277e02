-- Revert workflow_consolidation:only_in_documents from pg

begin;

drop function consolidation.only_in_documents();

commit;
