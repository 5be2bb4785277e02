-- Revert workflow_consolidation:take_locks from pg

begin;

drop function consolidation.take_locks(regclass [], text, interval, interval);

commit;
