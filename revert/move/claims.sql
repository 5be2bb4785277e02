-- Revert workflow_consolidation:move/claims from pg

select consolidation.is_reverted('move/claims') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.free_id(text, text []);
drop function consolidation.judged_claim(bigint []);
drop function consolidation.claims_of(bigint []);
delete from consolidation.deployed_change where change = 'move/claims';

commit;
