-- Revert workflow_consolidation:swap/page_states from pg

select consolidation.is_reverted('swap/page_states') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.open_page_states();
drop function consolidation.isolate_page_states();
drop function consolidation.leave_configs();
drop function consolidation.follow_configs();

delete from consolidation.deployed_change where change = 'swap/page_states';

commit;
