-- Revert workflow_consolidation:mapping/screenshot from pg

select consolidation.is_reverted('mapping/screenshot') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.screenshot_row;
drop function consolidation.screenshot_key(jsonb, uuid, bigint);
drop function consolidation.screenshots_of_old_rows(bigint [], boolean);
drop function consolidation.screenshot_element(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz,
    consolidation.node_id
);
drop function consolidation.screenshot_object(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz,
    consolidation.node_id
);
drop type consolidation.screenshot_object;
drop view consolidation.old_screenshot;
delete from consolidation.deployed_change where change = 'mapping/screenshot';

commit;
