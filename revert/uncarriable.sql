-- Revert workflow_consolidation:uncarriable from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.uncarriable();

commit;
