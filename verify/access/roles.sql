-- Verify workflow_consolidation:access/roles on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

-- The schema that holds consolidation.claim() does not exist yet.
do $$
declare
    wrong text;
begin
    select string_agg(n.role_name, ', ' order by n.role_name)
    into wrong
    from unnest(array['workflow_app', 'workflow_maintenance']) as n (role_name)
    where not exists (
        select from pg_catalog.pg_roles as r
        where
            r.rolname = n.role_name
            and not r.rolcanlogin
            and not r.rolsuper
            and not r.rolbypassrls
    );
    if wrong is not null then
        raise exception using
            errcode = 'assert_failure',
            message = 'both roles of the project exist, without login, superuser or bypassrls',
            detail = 'Not so: ' || wrong;
    end if;
end
$$;

-- A member of workflow_maintenance sees every organisation.
do $$
begin
    if pg_has_role('workflow_app', 'workflow_maintenance', 'member') is not false then
        raise exception using
            errcode = 'assert_failure',
            message = 'workflow_app is not a member of workflow_maintenance';
    end if;
end
$$;

rollback;
