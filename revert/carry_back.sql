-- Revert workflow_consolidation:carry_back from pg

begin;

drop function consolidation.carry_back(bigint []);

commit;
