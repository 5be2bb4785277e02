-- Revert workflow_consolidation:mapping/other_ids from pg

select consolidation.is_reverted('mapping/other_ids') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.to_node_id(jsonb);
-- Nothing but functions of the move uses it.
-- squawk-ignore ban-drop-domain
drop domain consolidation.node_id;
drop function consolidation.screenshot_number(uuid);
drop function consolidation.screenshot_uuid(bigint);

delete from consolidation.deployed_change where change = 'mapping/other_ids';

commit;
