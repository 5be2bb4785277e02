-- Revert workflow_consolidation:swap/grants from pg

select consolidation.is_reverted('swap/grants') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.revoke_everything(regclass);
drop function consolidation.grant_documents(regclass);
drop function consolidation.revoke_grants(regclass);
drop function consolidation.copy_grants(regclass, regclass);
drop function consolidation.privilege(regclass);

delete from consolidation.deployed_change where change = 'swap/grants';

commit;
