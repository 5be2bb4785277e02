-- Revert workflow_consolidation:not_isolated from pg

begin;

set local lock_timeout = '2s';

drop view public.not_isolated;

commit;
