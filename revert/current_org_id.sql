-- Revert workflow_consolidation:current_org_id from pg

begin;

drop function public.current_org_id();

commit;
