-- Revert workflow_consolidation:proof/suspects from pg

select consolidation.is_reverted('proof/suspects') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.suspects(bigint, bigint, bigint []);
drop function consolidation.unequal_rows(bigint, bigint, bigint []);
drop function consolidation.unequal_endpoints(bigint, bigint, bigint []);
drop function consolidation.unequal_contexts(bigint, bigint, bigint []);
drop function consolidation.unequal_steps(bigint, bigint, bigint []);
drop function consolidation.unequal_traces(bigint, bigint, bigint []);
delete from consolidation.deployed_change where change = 'proof/suspects';

commit;
