-- Revert workflow_consolidation:uncarriable from pg

begin;

drop function consolidation.uncarriable();

commit;
