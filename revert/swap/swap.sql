-- Revert workflow_consolidation:swap/swap from pg

select consolidation.is_reverted('swap/swap') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.swap_to_tables();
drop function consolidation.swap_to_views();

delete from consolidation.deployed_change where change = 'swap/swap';

commit;
