-- Revert workflow_consolidation:access/current_org_id from pg

select consolidation.is_reverted('access/current_org_id') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.current_org_id();

delete from consolidation.deployed_change where change = 'access/current_org_id';

commit;
