-- public.not_isolated tells who sees more than one organisation, and why: each reason is made up
-- here, and what it says is held against what the role really sees.

begin;

insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
values
(
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001'
),
(
    '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000', 'web',
    '22222222-0000-4000-8000-00000000d001'
);

create role isolated_application login;
grant workflow_app to isolated_application;
create role billing_report login;
grant workflow_maintenance to billing_report;
create role on_call noinherit login;
create role operations nologin;
grant workflow_maintenance to operations;
grant operations to on_call;
create role replication_tool login bypassrls;
create role helper_of_it login;
grant replication_tool to helper_of_it;
create role database_administrator login superuser;
create role old_owner login;
create role unscoped_application login;
grant workflow_app to unscoped_application;
create policy user_workflow_run_unscoped on public.user_workflow_run
for all to unscoped_application
using ((select public.current_org_id()) is null)
with check ((select public.current_org_id()) is null);
create role archive_reader login;
grant usage on schema legacy to archive_reader;
grant select on legacy.workflow_trace to archive_reader;
create role auditor login;
grant workflow_app to auditor;
create policy audit on public.user_workflow_run for select to auditor using (true);
create role writer_only login;
create policy writing on public.user_workflow_run for insert to writer_only with check (true);
create role account_manager login createrole;
create role server_backup login;
grant pg_read_server_files to server_backup;
create role group_of_readers nologin bypassrls;
create role bare login;
create role standby login replication;
-- From PostgreSQL 16 on a membership may be the right to grant it and no more, or nothing at all.
create role gatekeeper login;
create role idle_member login;
create role caretaker login;
do $$
begin
    if to_regrole('pg_maintain') is not null then
        grant pg_maintain to caretaker;
    end if;
    if current_setting('server_version_num')::integer < 160000 then
        grant workflow_maintenance to gatekeeper with admin option;
    else
        execute 'grant workflow_maintenance to gatekeeper '
            'with admin true, inherit false, set false';
        execute 'grant workflow_maintenance to idle_member with inherit false, set false';
    end if;
end
$$;
alter table public.user_workflow_config owner to old_owner;

select plan(28);

select is(
    (select string_agg(n.reason, ', ' order by n.reason) from public.not_isolated as n
        where n.role_name = r.role_name),
    r.reason,
    format('%s: %s', r.role_name, coalesce(r.reason, 'isolated'))
)
from (
    values
    ('isolated_application', null),
    ('bare', null),
    ('idle_member', null),
    ('caretaker', null),
    ('writer_only', null),
    ('operations', null),
    ('group_of_readers', null),
    ('database_administrator', 'superuser'),
    ('replication_tool', 'bypassrls'),
    ('helper_of_it', 'bypassrls'),
    ('billing_report', 'no row level security, workflow_maintenance'),
    ('on_call', 'no row level security, workflow_maintenance'),
    ('gatekeeper', 'no row level security, workflow_maintenance'),
    ('unscoped_application', 'unscoped'),
    ('archive_reader', 'no row level security'),
    ('auditor', 'policy audit'),
    ('standby', 'replication'),
    ('server_backup', 'files or programs of the server'),
    ('old_owner', 'owner (could switch it off)')
) as r (role_name, reason);
select is(
    exists (select from public.not_isolated as n where n.role_name = 'account_manager'),
    current_setting('server_version_num')::integer < 160000,
    'who may create roles could make himself a member, until PostgreSQL 15'
);
select is(
    (select n.through from public.not_isolated as n
        where n.role_name = 'on_call' and n.reason = 'workflow_maintenance'),
    'on_call > operations > workflow_maintenance',
    'the memberships that lead there are named, also those that take "set role"'
);
select is(
    (select n.tables from public.not_isolated as n where n.role_name = 'archive_reader'),
    'legacy.workflow_trace', 'the tables are named'
);
select ok(
    (select n.only_without_organisation from public.not_isolated as n
        where n.role_name = 'unscoped_application'),
    'roles that were not isolated before see all only while they name no organisation'
);
select is(
    (select count(*) from public.not_isolated as n where n.only_without_organisation), 1::bigint,
    '… and that holds for no other reason'
);
alter table public.user_workflow_config no force row level security;
select is(
    (select n.reason from public.not_isolated as n where n.role_name = 'old_owner'),
    'owner', 'an owner is not isolated at all without force'
);

-- What it says is so -----------------------------------------------------------------------------

grant select on public.user_workflow_run
to bare, archive_reader, writer_only, replication_tool, server_backup, account_manager;
create temporary table seen (role_name text, organisations bigint);
do $$
declare
    login text;
begin
    foreach login in array array[
        'isolated_application', 'bare', 'writer_only', 'database_administrator',
        'replication_tool', 'billing_report', 'unscoped_application', 'auditor'
    ] loop
        execute format('set local role %I', login);
        perform set_config(
            'x.organisations',
            (select count(distinct r.org_id) from public.user_workflow_run as r)::text, true
        );
        reset role;
        insert into seen values (login, current_setting('x.organisations')::bigint);
    end loop;
end;
$$;
select is(
    array(select s.role_name from seen as s where s.organisations > 1 order by 1),
    array(
        select n.role_name::text collate "default" from public.not_isolated as n
        where
            n.role_name in (select s.role_name from seen as s)
            and n.reason <> 'no row level security'
        order by 1
    ),
    'the roles it lists see several organisations, those it does not see none'
);
set local role workflow_maintenance;
select lives_ok('select from public.not_isolated', 'reports may ask it');
set local role workflow_app;
select throws_ok('select from public.not_isolated', '42501', null, 'applications may not');
reset role;

select * from finish();
rollback;
