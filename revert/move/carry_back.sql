-- Revert workflow_consolidation:move/carry_back from pg

select consolidation.is_reverted('move/carry_back') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.carry_back(bigint []);
drop function consolidation.carry_back_by_halves(bigint []);
drop function consolidation.put_in_singly(bigint);
drop function consolidation.put_in_steps_singly(bigint);
delete from consolidation.deployed_change where change = 'move/carry_back';

commit;
