-- Revert workflow_consolidation:old_names/columns from pg

select consolidation.is_reverted('old_names/columns') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.fit_old_name(text);
drop function consolidation.forget_column(regclass, name, text);
drop function consolidation.columns_of(regclass);

delete from consolidation.deployed_change where change = 'old_names/columns';

commit;
