-- Revert workflow_consolidation:proof/differences_of from pg

select consolidation.is_reverted('proof/differences_of') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.differences_of(bigint []);
drop function consolidation.is_former(text, jsonb, jsonb);
drop function consolidation.is_set_aside(jsonb, jsonb);
drop function consolidation.present(jsonb, text [], jsonb []);
drop function consolidation.arrangement(boolean, boolean, bigint, integer);
delete from consolidation.deployed_change where change = 'proof/differences_of';

commit;
