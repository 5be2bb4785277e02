-- Revert workflow_consolidation:consolidate from pg

begin;

drop function consolidation.consolidate(bigint []);
drop function consolidation.merge_elements(jsonb, jsonb, uuid, text);
drop function consolidation.lock_traces(bigint []);
drop table consolidation.carried_back;

commit;
