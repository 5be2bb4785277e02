-- Revert workflow_consolidation:mapping/step from pg

select consolidation.is_reverted('mapping/step') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.write_steps(bigint [], consolidation.known_step []);
drop type consolidation.known_step;
drop view consolidation.step_row;
drop view consolidation.old_step;
delete from consolidation.deployed_change where change = 'mapping/step';

commit;
