-- Revert workflow_consolidation:move/rebuild_dropped from pg

select consolidation.is_reverted('move/rebuild_dropped') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$ begin perform consolidation.refuse_missing(); end $$;

drop function consolidation.rebuild_dropped();
drop function consolidation.go_on_with_ids(text []);
drop function consolidation.fill_dropped(text []);
drop function consolidation.execute_remembered_definitions(text, text [], int4range);

delete from consolidation.deployed_change where change = 'move/rebuild_dropped';

commit;
