-- Revert workflow_consolidation:consolidate from pg

begin;

drop function consolidation.consolidate(bigint []);
drop function consolidation.rebuild_documents(bigint []);
drop function consolidation.merge_elements(jsonb, jsonb, jsonb, text);
drop function consolidation.known_elements(
    public.user_workflow_run [], public.user_workflow_run_step []
);
drop function consolidation.lock_traces_shared(bigint []);
drop function consolidation.lock_traces(bigint []);
drop table consolidation.carried_back;

commit;
