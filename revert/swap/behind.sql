-- Revert workflow_consolidation:swap/behind from pg

select consolidation.is_reverted('swap/behind') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.needed_behind(regclass);
drop function consolidation.is_plain(regclass);
drop function consolidation.relation_behind(regclass);
drop function consolidation.view_of_six();

delete from consolidation.deployed_change where change = 'swap/behind';

commit;
