-- Revert workflow_consolidation:mapping/endpoint from pg

select consolidation.is_reverted('mapping/endpoint') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.endpoint_row;
drop function consolidation.endpoints_of_old_rows(bigint []);
drop view consolidation.old_endpoint;
delete from consolidation.deployed_change where change = 'mapping/endpoint';

commit;
