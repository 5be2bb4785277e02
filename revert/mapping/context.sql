-- Revert workflow_consolidation:mapping/context from pg

select consolidation.is_reverted('mapping/context') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.context_row;
drop function consolidation.context_of_old_rows(bigint []);
drop function consolidation.context_origin(bigint, timestamptz, timestamptz);
drop view consolidation.old_context;
delete from consolidation.deployed_change where change = 'mapping/context';

commit;
