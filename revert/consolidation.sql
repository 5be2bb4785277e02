-- Revert workflow_consolidation:consolidation from pg

begin;

set local lock_timeout = '2s';

drop function consolidation.old_name(text);
drop function consolidation.old_table(text);
drop function consolidation.phase();
drop function consolidation.require_read_committed();
drop table consolidation.dropped_table;
drop schema legacy;
drop schema consolidation;

commit;
