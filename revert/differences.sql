-- Revert workflow_consolidation:differences from pg

begin;

drop function consolidation.differences(bigint, bigint, boolean, bigint []);

commit;
