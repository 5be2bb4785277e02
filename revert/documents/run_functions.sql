-- Revert workflow_consolidation:documents/run_functions from pg

select consolidation.is_reverted('documents/run_functions') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.add_endpoint(uuid, uuid);
drop function public.add_endpoint(uuid, text);
drop function public.add_endpoint(uuid, bigint);
drop function public.add_endpoints(uuid, jsonb);
drop function public.get_context(uuid, text, jsonb);
drop function public.add_context(uuid, text, jsonb);
drop function public.add_context(uuid, jsonb);
drop function public.start_run(uuid, text, uuid, uuid, jsonb, text, text);

delete from consolidation.deployed_change where change = 'documents/run_functions';

commit;
