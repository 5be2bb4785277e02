-- Revert workflow_consolidation:access/not_isolated_role from pg

select consolidation.is_reverted('access/not_isolated_role') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view public.not_isolated_role;

delete from consolidation.deployed_change where change = 'access/not_isolated_role';

commit;
