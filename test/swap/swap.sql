-- What the swap of the names has left: grants, sequences, policies. The swap itself is tried in
-- cycles.

begin;
select plan(126);

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
select has_sequence('public', s.name, format('the old sequence %s is there', s.name))
from unnest(
    array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq', 'workflow_events_event_id_seq',
        'workflow_trace_context_context_id_seq', 'micro_state_micro_state_id_seq'
    ]::name []
) as s (name);
select is(
    (n.seqstart, n.seqincrement, n.seqmin, n.seqmax, n.seqcache, n.seqcycle),
    (o.seqstart, o.seqincrement, o.seqmin, o.seqmax, o.seqcache, o.seqcycle),
    format('the sequence %s has the options of the old one', s.name)
)
from unnest(
    array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq', 'workflow_events_event_id_seq',
        'workflow_trace_context_context_id_seq'
    ]
) as s (name)
inner join pg_sequence as n on n.seqrelid = format('public.%I', s.name)::regclass
inner join pg_sequence as o on o.seqrelid = format('legacy.%I', s.name)::regclass;
select is(
    pg_get_serial_sequence(i.relation, i.column_name), i.sequence_name,
    format('new rows of %s take their ids from the old sequence', i.relation)
)
from (
    values
    ('public.user_workflow_run', 'legacy_trace_id', 'public.workflow_trace_trace_id_seq'),
    ('public.user_workflow_run_step', 'legacy_step_id', 'public.workflow_steps_step_id_seq')
) as i (relation, column_name, sequence_name);
select is(
    (select c.relowner from pg_class as c where c.oid = format('public.%I', n.name)::regclass),
    (select c.relowner from pg_class as c where c.oid = consolidation.old_table(n.name)),
    format('the view %s belongs to whom the table belonged', n.name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as n (name);
select is(
    (
        select array_agg(c.relname::text order by c.relname)
        from pg_class as c
        where c.relnamespace = 'legacy'::regnamespace and c.relkind <> 'i' and c.relkind <> 'S'
    ),
    array[
        'workflow_events', 'workflow_steps', 'workflow_trace', 'workflow_trace_context',
        'workflow_trace_endpoint', 'workflow_trace_screenshot'
    ],
    'the six old tables are kept in legacy, and nothing else'
);
select is_empty(
    'select from consolidation.change',
    'the cut-over has left nothing in the queue'
);
select is_empty(
    'select from consolidation.cut_over_log as l where l.stage = ''validate''',
    'the cut-over has validated what there was to validate'
);
select lives_ok(
    'call consolidation.cut_over()', 'the cut-over can be called again, and finds its work done'
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

select * from finish();
rollback;
