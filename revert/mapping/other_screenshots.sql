-- Revert workflow_consolidation:mapping/other_screenshots from pg

select consolidation.is_reverted('mapping/other_screenshots') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.link_screenshots();
drop function consolidation.number_screenshots();
drop function consolidation.free_screenshot_id(text []);
drop function consolidation.replace_in(regproc, text, text);
drop view if exists consolidation.old_screenshot_number;

delete from consolidation.deployed_change where change = 'mapping/other_screenshots';

commit;
