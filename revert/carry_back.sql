-- Revert workflow_consolidation:carry_back from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.carry_back(bigint []);

commit;
