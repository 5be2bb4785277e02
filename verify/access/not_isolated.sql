-- Verify workflow_consolidation:access/not_isolated on pg

begin;

select
    role_name,
    reason,
    through,
    tables,
    only_without_organisation
from public.not_isolated
where false;

select 1 / count(*) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where oid = 'public.not_isolated'::regclass and reloptions = '{security_invoker=true}';

-- It finds every superuser that can log in; there is one, or nobody could install extensions.
select 1 / (case when count(*) = 0 then 1 else 0 end) as superusers_are_listed
from pg_catalog.pg_roles as r
where
    r.rolsuper
    and r.rolcanlogin
    and not exists (
        select from public.not_isolated as n
        where n.role_name = r.rolname and n.reason = 'superuser' and n.through is null
    );

select 1 / (case
    when has_table_privilege('workflow_app', 'public.not_isolated', 'select') then 0
    else 1
end) as not_for_applications;

rollback;
