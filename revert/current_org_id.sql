-- Revert workflow_consolidation:current_org_id from pg

begin;

set local lock_timeout = '2s';

drop function public.current_org_id();

commit;
