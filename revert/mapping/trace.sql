-- Revert workflow_consolidation:mapping/trace from pg

select consolidation.is_reverted('mapping/trace') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.write_runs(bigint []);
drop type consolidation.known_run;
drop view consolidation.trace_row;
drop view consolidation.old_trace;
delete from consolidation.deployed_change where change = 'mapping/trace';

commit;
