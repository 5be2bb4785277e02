-- Revert workflow_consolidation:swap/triggers from pg

select consolidation.is_reverted('swap/triggers') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.rest_triggers();

delete from consolidation.deployed_change where change = 'swap/triggers';

commit;
