-- Revert workflow_consolidation:carry_over from pg
--
-- The documents stay, and follow the old tables through the queue. The next deploy carries over
-- only what changed, and finds what only the documents can hold. They are dropped with their
-- tables.

select consolidation.is_reverted('carry_over') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

delete from consolidation.deployed_change where change = 'carry_over';

commit;
