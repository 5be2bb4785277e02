-- Revert workflow_consolidation:move/keep_richer from pg

select consolidation.is_reverted('move/keep_richer') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.keep_richer(
    consolidation.known_run [], consolidation.known_step []
);
delete from consolidation.deployed_change where change = 'move/keep_richer';

commit;
