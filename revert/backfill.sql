-- Revert workflow_consolidation:backfill from pg

begin;

drop view consolidation.progress;
drop procedure consolidation.backfill(integer);
drop procedure consolidation.catch_up(integer);
drop function consolidation.note_everything();
drop function consolidation.carry_changes(integer);
drop function consolidation.carry_chunk();
drop function consolidation.plan_chunks(integer);
drop function consolidation.enter_batch();
drop table consolidation.chunk;

commit;
