-- Revert workflow_consolidation:proof/finding_documents from pg

select consolidation.is_reverted('proof/finding_documents') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_size;
drop function consolidation.oversized();
drop function consolidation.refuse_new_columns();
drop view consolidation.finding_column;
drop view consolidation.finding_name;

delete from consolidation.deployed_change where change = 'proof/finding_documents';

commit;
