-- Revert workflow_consolidation:move/scripts from pg

select to_regprocedure('consolidation.is_deployed(text)') is null as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.give_to_maintenance(regprocedure []);
drop function consolidation.is_reverted(text);
drop function consolidation.is_deployed(text);
drop function consolidation.begin_script();
drop function consolidation.other_deploy_session();
drop function consolidation.settle_session();
drop table consolidation.deploy_session;
delete from consolidation.deployed_change where change = 'move/scripts';

commit;
