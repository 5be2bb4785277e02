-- Revert workflow_consolidation:move/consolidate from pg

select consolidation.is_reverted('move/consolidate') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.consolidate(bigint []);
drop function consolidation.rebuild_documents(bigint []);
drop function consolidation.remove_what_is_gone(bigint []);
drop function consolidation.lock_traces_shared(bigint []);
drop function consolidation.lock_traces(bigint []);
drop function consolidation.lock_bucket(bigint);
drop table consolidation.carried_back;
delete from consolidation.deployed_change where change = 'move/consolidate';

commit;
