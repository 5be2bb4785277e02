-- Revert workflow_consolidation:swap/dependents from pg

select consolidation.is_reverted('swap/dependents') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.trial(text, text, text);
drop function consolidation.on_names_of(text, text);
drop function consolidation.bind(text []);
drop function consolidation.rebinding();

delete from consolidation.deployed_change where change = 'swap/dependents';

commit;
