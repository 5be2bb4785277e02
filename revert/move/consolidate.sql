-- Revert workflow_consolidation:move/consolidate from pg

select consolidation.is_reverted('move/consolidate') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.consolidate(bigint []);
drop function consolidation.rebuild_documents(bigint []);
drop function consolidation.merge_elements(jsonb, jsonb, jsonb, text);
drop function consolidation.known_elements(
    public.user_workflow_run [], public.user_workflow_run_step []
);
drop function consolidation.lock_traces_shared(bigint []);
drop function consolidation.lock_traces(bigint []);
drop table consolidation.carried_back;

delete from consolidation.deployed_change where change = 'move/consolidate';

commit;
