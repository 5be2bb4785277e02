-- Revert workflow_consolidation:mapping/computed_columns from pg

select consolidation.is_reverted('mapping/computed_columns') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.computed_value(text, name, text, text);
drop function consolidation.computed_screenshot(name, text);
drop function consolidation.is_computed_key(text, text);
drop function consolidation.computed_keys(text);
drop function consolidation.computed_column(text);
drop function consolidation.part_of(text);
drop table consolidation.column_source;

delete from consolidation.deployed_change where change = 'mapping/computed_columns';

commit;
