-- Revert workflow_consolidation:move/back_rows from pg

select consolidation.is_reverted('move/back_rows') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.put_in_contexts(bigint []);
drop function consolidation.put_in_steps(bigint []);
drop function consolidation.put_in_traces(bigint []);
drop function consolidation.take_out(bigint []);
delete from consolidation.deployed_change where change = 'move/back_rows';

commit;
