-- Revert workflow_consolidation:documents/get_run from pg

select consolidation.is_reverted('documents/get_run') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.get_run(uuid);

delete from consolidation.deployed_change where change = 'documents/get_run';

commit;
