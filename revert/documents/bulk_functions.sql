-- Revert workflow_consolidation:documents/bulk_functions from pg

select consolidation.is_reverted('documents/bulk_functions') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.change_events(jsonb, jsonb, timestamptz);
drop function public.remove_events(timestamptz, jsonb);
drop function public.rewrite_events(timestamptz, jsonb, jsonb);
drop function public.may_be_older_path(timestamptz);
drop function public.is_event_meant(jsonb, timestamptz, jsonb);

delete from consolidation.deployed_change where change = 'documents/bulk_functions';

commit;
