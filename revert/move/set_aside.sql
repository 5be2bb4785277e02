-- Revert workflow_consolidation:move/set_aside from pg

select consolidation.is_reverted('move/set_aside') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.set_aside(text, bigint, jsonb, text, text);
drop table consolidation.set_aside;
drop view consolidation.back_endpoint;
drop view consolidation.back_context;
drop view consolidation.back_screenshot;
drop view consolidation.back_event;
drop view consolidation.back_step;
drop view consolidation.back_trace;
delete from consolidation.deployed_change where change = 'move/set_aside';

commit;
