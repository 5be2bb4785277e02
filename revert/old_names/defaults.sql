-- Revert workflow_consolidation:old_names/defaults from pg

select consolidation.is_reverted('old_names/defaults') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.take_defaults();
drop view consolidation.old_default;

delete from consolidation.deployed_change where change = 'old_names/defaults';

commit;
