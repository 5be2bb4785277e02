-- Revert workflow_consolidation:uncarriable from pg

select consolidation.is_reverted('uncarriable') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.uncarriable();

delete from consolidation.deployed_change where change = 'uncarriable';

commit;
