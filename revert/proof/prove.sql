-- Revert workflow_consolidation:proof/prove from pg

select consolidation.is_reverted('proof/prove') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.keep_proof();
drop procedure consolidation.ensure_proof();
drop function consolidation.refuse_missing_capture();
drop function consolidation.is_proved();
drop function consolidation.refuse_unequal();
drop procedure consolidation.prove(integer, interval, interval, interval);
delete from consolidation.deployed_change where change = 'proof/prove';

commit;
