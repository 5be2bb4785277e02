-- Revert workflow_consolidation:documents/search from pg

select consolidation.is_reverted('documents/search') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.find_step_ids(
    jsonb, jsonb, text, timestamptz, timestamptz, integer, timestamptz, uuid
);
drop function public.find_run_ids(
    jsonb, text, jsonb, jsonb, jsonb, timestamptz, timestamptz, integer, timestamptz, uuid
);

delete from consolidation.deployed_change where change = 'documents/search';

commit;
