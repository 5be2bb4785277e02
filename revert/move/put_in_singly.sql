-- Revert workflow_consolidation:move/put_in_singly from pg

select consolidation.is_reverted('move/put_in_singly') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.put_in_endpoints_singly(bigint);
drop function consolidation.put_in_contexts_singly(bigint);
drop function consolidation.put_in_screenshots_singly(bigint);
drop function consolidation.put_in_events_singly(bigint);
delete from consolidation.deployed_change where change = 'move/put_in_singly';

commit;
