-- Revert workflow_consolidation:documents/user_workflow_run from pg
--
-- revert/swap/commands.sql refused if the table held anything that the old tables do not.

select consolidation.is_reverted('documents/user_workflow_run') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop table public.user_workflow_run;
drop function public.set_updated_at();

delete from consolidation.deployed_change where change = 'documents/user_workflow_run';

commit;
