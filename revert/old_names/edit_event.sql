-- Revert workflow_consolidation:old_names/edit_event from pg

select consolidation.is_reverted('old_names/edit_event') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.refuse_known_event_id(bigint, text);
drop function consolidation.change_event(bigint, bigint, bigint, jsonb);
drop function consolidation.find_event(bigint, bigint, bigint, jsonb);
drop function consolidation.lock_events(bigint, bigint);

delete from consolidation.deployed_change where change = 'old_names/edit_event';

commit;
