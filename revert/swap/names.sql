-- Revert workflow_consolidation:swap/names from pg

select consolidation.is_reverted('swap/names') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.restore_name(text, text);
drop function consolidation.rename_table(text, text);
drop function consolidation.leave_view(text, regclass);
drop function consolidation.restore_table(text);
drop function consolidation.retire_table(text);
drop function consolidation.owner_of(regclass);

delete from consolidation.deployed_change where change = 'swap/names';

commit;
