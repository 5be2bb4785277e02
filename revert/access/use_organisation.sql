-- Revert workflow_consolidation:access/use_organisation from pg

select consolidation.is_reverted('access/use_organisation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.use_organisation(uuid);

delete from consolidation.deployed_change where change = 'access/use_organisation';

commit;
