-- Revert workflow_consolidation:move/progress from pg

select consolidation.is_reverted('move/progress') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.done_line(text, bigint, timestamptz);
drop function consolidation.progress_line(text);
drop view consolidation.progress_by_session;
drop view consolidation.progress;
drop function consolidation.estimated_rows(text);
delete from consolidation.deployed_change where change = 'move/progress';

commit;
