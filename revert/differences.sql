-- Revert workflow_consolidation:differences from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.differences(bigint, bigint, boolean, bigint []);

commit;
