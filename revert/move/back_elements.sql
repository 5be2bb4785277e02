-- Revert workflow_consolidation:move/back_elements from pg

select consolidation.is_reverted('move/back_elements') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.put_in(bigint []);
drop function consolidation.put_in_endpoints(bigint []);
drop function consolidation.put_in_screenshots(bigint []);
drop function consolidation.put_in_events(bigint []);
delete from consolidation.deployed_change where change = 'move/back_elements';

commit;
