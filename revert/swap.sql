-- Revert workflow_consolidation:swap from pg

begin;

drop procedure consolidation.cut_back(interval);
drop procedure consolidation.cut_over(interval);
drop procedure consolidation.refuse_findings();
drop procedure consolidation.validate(text);
drop procedure consolidation.swap(text, interval);
drop function consolidation.swap_locks();
drop function consolidation.swap_to_tables();
drop function consolidation.swap_to_views();
drop function consolidation.continue_sequence(regclass, regclass);
drop function consolidation.grant_documents(regclass);
drop function consolidation.revoke_grants(regclass);
drop function consolidation.copy_grants(regclass, regclass);
drop table consolidation.cut_over_log;

commit;
