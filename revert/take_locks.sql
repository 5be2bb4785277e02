-- Revert workflow_consolidation:take_locks from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.take_locks(regclass [], text, interval, interval);

commit;
