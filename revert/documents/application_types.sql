-- Revert workflow_consolidation:documents/application_types from pg

select consolidation.is_reverted('documents/application_types') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- The documents are dropped with the changes that made them; their types need no revert.
drop function consolidation.give_types(jsonb);
drop function consolidation.plain_column();

delete from consolidation.deployed_change where change = 'documents/application_types';

commit;
