-- Revert workflow_consolidation:mapping/old_views from pg

select consolidation.is_reverted('mapping/old_views') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.show_computed(regclass, text);
drop procedure consolidation.bind_old_view(regclass, regclass);
drop function consolidation.shown_columns(regclass, text, text, text);
drop function consolidation.put_rules(regclass, regclass);
drop function consolidation.rewrite_view(regclass, text);

delete from consolidation.deployed_change where change = 'mapping/old_views';

commit;
