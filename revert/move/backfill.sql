-- Revert workflow_consolidation:move/backfill from pg

select consolidation.is_reverted('move/backfill') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop procedure consolidation.backfill(integer, interval, interval, interval);
drop procedure consolidation.run_batches(
    text, integer, interval, interval, interval, bigint
);
drop function consolidation.run_batch(text, bigint, interval, consolidation.batch_state);
drop type consolidation.batch_state;
drop function consolidation.carry_chunk(bigint);
delete from consolidation.deployed_change where change = 'move/backfill';

commit;
