-- Revert workflow_consolidation:swap/constraints from pg

select consolidation.is_reverted('swap/constraints') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.prepare_constraints();
drop function consolidation.preparation();
drop function consolidation.drop_prepared_constraints();
drop function consolidation.not_null_column();
drop function consolidation.translated_constraint(text);
drop function consolidation.old_constraint();
delete from consolidation.deployed_change where change = 'swap/constraints';

commit;
