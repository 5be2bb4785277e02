-- Revert workflow_consolidation:not_isolated from pg

begin;

drop view public.not_isolated;

commit;
