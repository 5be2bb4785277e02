-- Revert workflow_consolidation:documents/iso8601 from pg

select consolidation.is_reverted('documents/iso8601') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.from_iso8601(text);
drop function public.from_iso8601_other(text);
drop function public.to_iso8601(timestamptz);

delete from consolidation.deployed_change where change = 'documents/iso8601';

commit;
