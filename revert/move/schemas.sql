-- Revert workflow_consolidation:move/schemas from pg

select to_regclass('consolidation.deployed_change') is null as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.claim_none(text, text []);
drop function consolidation.claim(text, boolean);
drop table consolidation.deployed_change;
drop schema legacy;
drop schema consolidation;

commit;
