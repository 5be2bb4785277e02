-- Revert workflow_consolidation:old_names/edit_screenshot from pg

select consolidation.is_reverted('old_names/edit_screenshot') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.refuse_known_screenshot_id(bigint, uuid, text);
drop function consolidation.append_screenshot(bigint, integer, jsonb);
drop function consolidation.change_screenshot(bigint, uuid, bigint, jsonb);
drop function consolidation.find_screenshot(bigint, uuid, jsonb);
drop function consolidation.lock_screenshots(bigint);

delete from consolidation.deployed_change where change = 'old_names/edit_screenshot';

commit;
