-- Revert workflow_consolidation:not_isolated from pg

select consolidation.is_reverted('not_isolated') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop view public.not_isolated;

delete from consolidation.deployed_change where change = 'not_isolated';

commit;
