-- Revert workflow_consolidation:proof/record from pg

select consolidation.is_reverted('proof/record') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.prove_chunk(bigint);
drop function consolidation.begin_proof();
drop function consolidation.forget_proof();
drop function consolidation.prove_again(bigint [], bigint []);
drop function consolidation.record_comparison(bigint, bigint, bigint []);
drop table consolidation.unequal_trace;
drop table consolidation.proof;
delete from consolidation.deployed_change where change = 'proof/record';

commit;
