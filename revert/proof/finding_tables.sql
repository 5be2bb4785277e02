-- Revert workflow_consolidation:proof/finding_tables from pg

select consolidation.is_reverted('proof/finding_tables') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.finding_row;
drop view consolidation.finding_statistics;
drop view consolidation.finding_table_kind;
drop view consolidation.finding_inheritance;
drop view consolidation.finding_column_type;
drop view consolidation.finding_index;
drop view consolidation.finding_sequence;
drop view consolidation.finding_foreign_key;

delete from consolidation.deployed_change where change = 'proof/finding_tables';

commit;
