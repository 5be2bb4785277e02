-- Revert workflow_consolidation:swap/attempts from pg

select consolidation.is_reverted('swap/attempts') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.swap(text, interval);
drop procedure consolidation.empty_queue(integer, timestamptz);
drop function consolidation.try_to_swap(text, integer);
drop function consolidation.plan_swap();
drop function consolidation.queued_runs();
drop function consolidation.swap_locks();

delete from consolidation.deployed_change where change = 'swap/attempts';

commit;
