-- Revert workflow_consolidation:proof/document_rows from pg

select consolidation.is_reverted('proof/document_rows') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.new_rows(bigint []);
drop function consolidation.new_rows_of_elements(bigint []);
drop function consolidation.new_rows_of_runs(bigint []);
delete from consolidation.deployed_change where change = 'proof/document_rows';

commit;
