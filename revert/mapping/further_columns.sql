-- Revert workflow_consolidation:mapping/further_columns from pg

select consolidation.is_reverted('mapping/further_columns') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.take_further_columns();
drop function consolidation.further_value(text, name, text);
drop function consolidation.say(text, name);
drop function consolidation.show_column(regclass, text, name);
drop function consolidation.expect_key(text, name);
delete from consolidation.deployed_change where change = 'mapping/further_columns';

commit;
