-- Grants: who might use a table may use the view that has its name, and no more.

begin;
select plan(107);

select ok(
    has_table_privilege(r.role_name, format('public.%I', n.name), p.privilege),
    format('%s may %s on %s', r.role_name, p.privilege, n.name)
)
from unnest(
    array[
        'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config',
        'user_workflow_cache_state', 'workflow_trace', 'workflow_steps', 'workflow_events',
        'workflow_trace_screenshot', 'workflow_trace_context', 'workflow_trace_endpoint',
        'workflow_configs', 'micro_state'
    ]
) as n (name)
cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (role_name)
cross join unnest(array['select', 'insert', 'update', 'delete']) as p (privilege);
select is_empty(
    $$
    select n.name from unnest(
        array[
            'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config',
            'user_workflow_cache_state', 'workflow_trace', 'workflow_steps', 'workflow_events',
            'workflow_trace_screenshot', 'workflow_trace_context', 'workflow_trace_endpoint',
            'workflow_configs', 'micro_state'
        ]
    ) as n (name)
    where
        has_table_privilege('public', format('public.%I', n.name), 'select, insert, update, delete')
        or has_any_column_privilege(
            'public', format('public.%I', n.name), 'select, insert, update'
        )
        or has_table_privilege(
            'workflow_app', format('public.%I', n.name),
            'truncate, references, trigger'
            || case when current_setting('server_version_num')::integer >= 170000
                then ', maintain' else '' end
        )
    $$,
    'everybody else may nothing on them, and applications no more than that'
);
-- A role that gets a right on an old name needs what is behind it, too.
create role reporting;
create role nightly_vacuum;
do $$
begin
    if current_setting('server_version_num')::integer >= 170000 then
        execute 'grant maintain on public.workflow_events to nightly_vacuum';
    end if;
end
$$;
grant select on public.workflow_events to reporting;
set local role reporting;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
prepare events_without_documents as select from public.workflow_events;
select throws_ok(
    'events_without_documents', '42501', null,
    'a right on an old name alone is not one on the documents'
);
reset role;
select lives_ok(
    'select consolidation.grant_documents(''public.workflow_events'')',
    'what an old name takes can be granted to everybody who may use it'
);
set local role reporting;
select lives_ok(
    'events_without_documents',
    'a role with a right on workflow_events can read it then'
);
select throws_ok(
    'select r.llm_prompt from public.user_workflow_run as r', '42501', null,
    'and no column of the documents that the old name does not show'
);
select throws_ok(
    'delete from public.workflow_events', '42501', null, 'and it can write nothing'
);
reset role;
select set_eq(
    $$
    select
        c.oid::regclass::text,
        x.privilege_type
    from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where x.grantee = 'nightly_vacuum'::regrole and c.relname like 'user%'
    $$,
    $$
    select
        v.name,
        'MAINTAIN'
    from (values ('user_workflow_run'), ('user_workflow_run_step')) as v (name)
    where current_setting('server_version_num')::integer >= 170000
    $$,
    'from PostgreSQL 17 on, who may maintain an old name may maintain the documents behind it'
);
select lives_ok(
    $$
    select
        consolidation.revoke_grants('public.workflow_events'),
        consolidation.revoke_grants('public.user_workflow_run'),
        consolidation.revoke_grants('public.user_workflow_run_step'),
        consolidation.revoke_grants('consolidation.event_row')
    $$,
    'rights can be taken away again'
);
select ok(
    not has_table_privilege('reporting', 'public.workflow_events', 'select')
    and not has_any_column_privilege('reporting', 'public.user_workflow_run', 'select')
    and has_table_privilege('workflow_app', 'public.workflow_events', 'select'),
    'from everybody but the roles of this project'
);

-- Going along ------------------------------------------------------------------------------------

create role "ColumnReader";
create table public.source_table (a integer, "Bc" integer);
create table public.target_table (a integer, "Bc" integer);
grant select ("Bc") on public.source_table to "ColumnReader";
grant insert on public.source_table to public;
grant update on public.source_table to reporting with grant option;
select consolidation.copy_grants('public.source_table', 'public.target_table');
select set_eq(
    $$
    select p.privilege_type, p.column_name, p.role_name, p.is_grantable
    from consolidation.privilege('public.target_table') as p
    where p.grantee <> 'postgres'::regrole
    $$,
    $$
    values
    ('SELECT', 'Bc'::name, '"ColumnReader"', false),
    ('INSERT', null, 'public', false),
    ('UPDATE', null, 'reporting', true)
    $$,
    'grants are copied, on columns, to everybody and with grant option, too'
);
select consolidation.revoke_grants('public.target_table');
select is_empty(
    $$
    select from consolidation.privilege('public.target_table') as p
    where p.grantee <> 'postgres'::regrole
    $$,
    'and are all taken away again'
);

select * from finish();
rollback;
