-- Revert workflow_consolidation:swap/policies from pg

select consolidation.is_reverted('swap/policies') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.open_configs();
drop function consolidation.isolate_configs();
drop function consolidation.policy_definition(oid, text);

delete from consolidation.deployed_change where change = 'swap/policies';

commit;
