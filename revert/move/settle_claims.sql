-- Revert workflow_consolidation:move/settle_claims from pg

select consolidation.is_reverted('move/settle_claims') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.settle_claims(bigint []);
drop function consolidation.give_new_ids(text, bigint, bigint, jsonb);
drop function consolidation.with_new_ids(jsonb, text, jsonb);
delete from consolidation.deployed_change where change = 'move/settle_claims';

commit;
