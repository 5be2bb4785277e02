-- Revert workflow_consolidation:move/schemas from pg

select to_regclass('consolidation.deployed_change') is null as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.is_reverted(text);
drop function consolidation.is_deployed(text);
drop function consolidation.old_name(text);
drop function consolidation.old_table(text);
drop function consolidation.phase();
drop function consolidation.claim_none(text, text []);
drop function consolidation.require_read_committed();
drop function consolidation.claim(text, boolean);
drop function consolidation.six_tables();
drop table consolidation.dropped_table;
drop table consolidation.deployed_change;
drop schema legacy;
drop schema consolidation;

commit;
