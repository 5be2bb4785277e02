-- Revert workflow_consolidation:access/isolation from pg

select consolidation.is_reverted('access/isolation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.sees_all(oid, oid);
drop function public.asks_organisation(oid);
drop view public.role_reach;
drop view public.isolated_table;

delete from consolidation.deployed_change where change = 'access/isolation';

commit;
