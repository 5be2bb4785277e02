-- Revert workflow_consolidation:mapping/derived_columns from pg

select consolidation.is_reverted('mapping/derived_columns') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$ begin perform consolidation.leave_sources(); end $$;
drop function public.follow_declaration();
drop function public.derive_columns();
drop function consolidation.leave_sources();
drop function consolidation.follow_sources();
drop function consolidation.derive_on_runs();

delete from consolidation.deployed_change where change = 'mapping/derived_columns';

commit;
