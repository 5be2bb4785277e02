-- Revert workflow_consolidation:mapping/event from pg

select consolidation.is_reverted('mapping/event') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop view consolidation.event_row;
drop function consolidation.event_key(jsonb, uuid, bigint);
drop function consolidation.event_element(bigint, text, jsonb, timestamptz);
drop function consolidation.events_of_old_rows(bigint [], boolean);
drop function consolidation.event_object(bigint, text, jsonb, timestamptz);
drop type consolidation.event_object;
drop view consolidation.old_event;
delete from consolidation.deployed_change where change = 'mapping/event';

commit;
