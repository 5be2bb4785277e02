-- Revert workflow_consolidation:documents/step_functions from pg

select consolidation.is_reverted('documents/step_functions') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function public.add_screenshot(
    uuid, text, text, text, text, boolean, double precision, timestamptz
);
drop function public.add_screenshots(uuid, jsonb);
drop function public.add_event(uuid, text, jsonb, timestamptz);
drop function public.add_events(uuid, jsonb);

delete from consolidation.deployed_change where change = 'documents/step_functions';

commit;
