-- Revert workflow_consolidation:move/shown_rows from pg

select consolidation.is_reverted('move/shown_rows') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.shown_screenshots(bigint []);
drop function consolidation.shown_events(bigint []);
drop function consolidation.shown_steps(bigint []);
delete from consolidation.deployed_change where change = 'move/shown_rows';

commit;
