-- Revert workflow_consolidation:swap/cut_over_log from pg

select consolidation.is_reverted('swap/cut_over_log') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.note_behind();
drop function consolidation.execute_stage(text);
drop function consolidation.execute_remembered(bigint);
drop function consolidation.remember(text, regclass, text, boolean);
drop table consolidation.noted_column;
drop table consolidation.noted_need;
drop table consolidation.cut_over_log;

delete from consolidation.deployed_change where change = 'swap/cut_over_log';

commit;
