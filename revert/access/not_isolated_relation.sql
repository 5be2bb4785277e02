-- Revert workflow_consolidation:access/not_isolated_relation from pg

select consolidation.is_reverted('access/not_isolated_relation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view public.not_isolated_relation;
drop view public.owner_shown;

delete from consolidation.deployed_change where change = 'access/not_isolated_relation';

commit;
