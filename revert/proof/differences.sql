-- Revert workflow_consolidation:proof/differences from pg

select consolidation.is_reverted('proof/differences') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.differences(bigint, bigint, boolean, bigint []);
drop function consolidation.slice_end(bigint, bigint, bigint [], integer);
drop function consolidation.refuse_empty_comparison(bigint, bigint, bigint [], boolean);
delete from consolidation.deployed_change where change = 'proof/differences';

commit;
