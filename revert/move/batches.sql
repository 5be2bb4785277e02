-- Revert workflow_consolidation:move/batches from pg

select consolidation.is_reverted('move/batches') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.claim_chunk(text, integer);
drop function consolidation.next_batch(consolidation.chunk, integer);
drop function consolidation.plan_chunks(text);
drop function consolidation.check_batch_size(integer);
drop function consolidation.enter_batch();
drop table consolidation.chunk;
delete from consolidation.deployed_change where change = 'move/batches';

commit;
