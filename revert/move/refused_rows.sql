-- Revert workflow_consolidation:move/refused_rows from pg

select consolidation.is_reverted('move/refused_rows') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.note_replaced(bigint []);
drop function consolidation.is_only_here(bigint, bigint, integer);
drop function consolidation.refused_rows(bigint []);
drop function consolidation.is_any_refused(bigint []);
delete from consolidation.deployed_change where change = 'move/refused_rows';

commit;
