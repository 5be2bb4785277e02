-- Revert workflow_consolidation:mapping/declarations from pg

select consolidation.is_reverted('mapping/declarations') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.refuse_unknown(jsonb);
drop table consolidation.declared_source;
drop function consolidation.fill_in(regprocedure);
drop function consolidation.declared_values(text);
drop function consolidation.as_old_row(text);
drop function consolidation.read_by_declaration();
drop function consolidation.derived_column();

delete from consolidation.deployed_change where change = 'mapping/declarations';

commit;
