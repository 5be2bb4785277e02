-- Verify workflow_consolidation:access/current_org_id on pg

begin;

set local app.current_org_id = '';
select 1 / (case when public.current_org_id() is null then 1 else 0 end) as empty_is_nobody;

set local app.current_org_id = '00000000-0000-4000-8000-000000000001';
select 1 / (case
    when public.current_org_id() = '00000000-0000-4000-8000-000000000001' then 1
    else 0
end) as named;

rollback;
