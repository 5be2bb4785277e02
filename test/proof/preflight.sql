-- preflight: what hangs on the old tables, and what becomes of it.

begin;
select plan(33);

select is_empty(
    'select * from consolidation.preflight as p where p.severity = ''refuse''',
    'nothing hangs on the tables of the baseline'
);

-- One thing of each kind, and what the preflight must say to it.
create role bystander;
create table public.invoice (invoice_id bigint, trace_id bigint, event_id bigint, step_id bigint);
create table public.node (node_id uuid primary key);
create function public.count_event()
returns trigger
language plpgsql
as $$ begin return new; end; $$;

create temporary table hanging (
    ordinal integer generated always as identity,
    kind text,
    severity text,
    object text,
    statement text
);
insert into hanging (kind, severity, object, statement)
values
(
    'incoming foreign key', 'notice', 'invoice_trace_fkey on public.invoice',
    'alter table public.invoice add constraint invoice_trace_fkey
    foreign key (trace_id) references legacy.workflow_trace (trace_id)'
),
(
    'incoming foreign key', 'notice', 'invoice_step_fkey on public.invoice',
    'alter table public.invoice add constraint invoice_step_fkey
    foreign key (step_id) references legacy.workflow_steps (step_id)'
),
(
    'incoming foreign key', 'refuse', 'invoice_event_fkey on public.invoice',
    'alter table public.invoice add constraint invoice_event_fkey
    foreign key (event_id) references legacy.workflow_events (event_id)'
),
(
    'outgoing foreign key', 'notice', 'step_node_fkey on workflow_steps',
    'alter table legacy.workflow_steps add constraint step_node_fkey
    foreign key (node_id) references public.node (node_id) not valid'
),
(
    'outgoing foreign key', 'notice', 'screenshot_node_fkey on workflow_trace_screenshot',
    'alter table legacy.workflow_trace_screenshot add constraint screenshot_node_fkey
    foreign key (node_id) references public.node (node_id) not valid'
),
(
    'materialized view', 'refuse', 'public.event_count',
    'create materialized view public.event_count as
    select e.trace_id, e.event_type from legacy.workflow_events as e'
),
(
    'rule', 'refuse', 'legacy.workflow_events',
    'create rule no_update as on update to legacy.workflow_events do instead nothing'
),
(
    'trigger', 'refuse', 'count_event on workflow_events',
    'create trigger count_event before insert on legacy.workflow_events
    for each row execute function public.count_event()'
),
(
    'row type', 'refuse', 'function public.last_trace()',
    'create function public.last_trace() returns legacy.workflow_trace
    language sql return null::legacy.workflow_trace'
),
(
    'statistics object', 'notice', 'event_statistics on workflow_events',
    'create statistics public.event_statistics on trace_id, step_id from legacy.workflow_events'
),
(
    'policy', 'refuse', 'node_isolation on public.node',
    'create policy node_isolation on public.node
    using (node_id in (select s.node_id from legacy.workflow_steps as s))'
),
(
    'column privilege', 'refuse', 'select (status) on workflow_trace to bystander',
    'grant select (status) on legacy.workflow_trace to bystander'
),
(
    'row level security', 'refuse', 'own_rows on workflow_trace',
    'create policy own_rows on legacy.workflow_trace using (created_by is not null);
    alter table legacy.workflow_trace enable row level security'
),
(
    'row level security', 'refuse', 'workflow_trace',
    'alter table legacy.workflow_trace enable row level security'
),
(
    'index', 'refuse', 'workflow_events (trace_id)',
    'drop index legacy.workflow_events_trace_id_idx'
),
(
    'inheritance', 'refuse', 'public.child_event of legacy.workflow_events',
    'create table public.child_event () inherits (legacy.workflow_events)'
),
(
    'function', 'refuse', 'public.upsert_context()',
    'create function public.upsert_context() returns void language sql as
    ''insert into workflow_trace_context (trace_id, key, value) values (1, ''''a'''', ''''1'''')
    on conflict (trace_id, key) do nothing'''
),
(
    'function', 'refuse', 'public.empty_events()',
    'create function public.empty_events() returns void language plpgsql as
    ''begin TRUNCATE TABLE public.workflow_events; end'''
),
(
    'view', 'notice', 'public.running_trace',
    'create view public.running_trace as
    select t.trace_id from public.workflow_trace as t where t.status = ''running'''
),
(
    'function', 'notice', 'public.count_steps()',
    'create function public.count_steps() returns bigint language sql
    begin atomic select count(*) from public.workflow_steps; end'
),
(
    'sequence', 'refuse', 'workflow_events_event_id_seq1',
    'alter sequence legacy.workflow_events_event_id_seq rename to workflow_events_event_id_seq1'
);

-- Each is created, looked at, and undone by a subtransaction.
create function pg_temp.finding_about(statement text, wanted_kind text, wanted_object text)
returns text
language plpgsql
as $$
declare
    severity text;
begin
    begin
        execute statement;
        select string_agg(p.severity, ', ') into severity
        from consolidation.preflight as p
        where p.kind = wanted_kind and p.object = wanted_object and p.consequence <> '';
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return severity;
    end;
end;
$$;
select is(
    pg_temp.finding_about(h.statement, h.kind, h.object), h.severity,
    format('preflight: %s, %s: %s', h.kind, h.object, h.severity)
)
from hanging as h
order by h.ordinal;

select is(
    pg_temp.finding_about(
        'create function public.merge_trace() returns void language plpgsql as
        ''begin
            merge into public.workflow_trace as t
            using (values (1)) as v (id) on t.trace_id = v.id
            when matched then delete;
        end''', 'function', 'public.merge_trace()'
    ),
    case when current_setting('server_version_num')::integer < 170000 then 'refuse' end,
    'preflight: merge on an old name is refused before PostgreSQL 17, from which on it works'
);

-- A function that only sounds like it is left alone.
create function public.harmless()
returns void
language plpgsql
as $$
begin
    insert into workflow_trace (trace_id) values (1) on conflict (trace_id) do nothing;
    insert into workflow_events_archive (trace_id) values (1) on conflict do nothing;
end;
$$;
select is_empty(
    'select from consolidation.preflight as p where p.object = ''public.harmless()''',
    'on conflict on workflow_trace, which goes on working, is no finding'
);

-- Accepting ---------------------------------------------------------------------------------------

create trigger count_event before insert on legacy.workflow_events
for each row execute function public.count_event();
select throws_ok(
    'call consolidation.refuse_findings()', '55000', null, 'a finding stops the deploy'
);
insert into consolidation.accepted (kind, object, reason)
values ('trigger', 'count_event on workflow_events', 'the count is no longer needed');
select results_eq(
    $$
    select p.severity from consolidation.preflight as p
    where p.kind = 'trigger' and p.object = 'count_event on workflow_events'
    $$,
    $$ values ('accepted') $$,
    'a finding that somebody accepted says so'
);
select lives_ok(
    'call consolidation.refuse_findings()', 'a finding that somebody accepted stops nothing'
);
select results_eq(
    'select a.accepted_by = session_user, a.accepted_at from consolidation.accepted as a',
    'select true, now()',
    'it is written down who accepted it, and when'
);

-- Roles that saw everything in the old tables.
grant select on legacy.workflow_trace to bystander;
select results_eq(
    'select u.role_name from consolidation.unscoped_role() as u',
    $$ values ('bystander'::name) $$,
    'a role that saw all organisations in the old tables is known'
);
select is(
    pg_temp.finding_about('select', 'row level security', 'role bystander'), 'notice',
    'preflight: a role that saw all organisations is a notice'
);

-- The mapping of columns is read from the views.
select set_eq(
    $$ select b.view_column, b.base_column
    from consolidation.base_column('public.workflow_steps') as b $$,
    $$
    values
    ('step_id'::name, 'legacy_step_id'::name), ('trace_id', 'legacy_trace_id'),
    ('step_number', 'step_number'), ('status', 'status'), ('input_data', 'input_data'),
    ('output_data', 'output_data'), ('error_message', 'error_message'),
    ('start_time', 'started_at'), ('end_time', 'ended_at'), ('duration_ms', 'duration_ms'),
    ('retry_count', 'retry_count'), ('metadata', 'metadata'), ('node_id', 'node_id')
    $$,
    'the columns behind workflow_steps are known'
);
select is(
    (select count(*)::integer from consolidation.base_column('public.workflow_trace')),
    26,
    'every column of workflow_trace has one behind it'
);
select is(
    consolidation.on_new_names(
        'select from public.workflow_trace, public.workflow_trace_context, other.workflow_steps,
        public.workflow_events_archive'
    ),
    'select from consolidation.workflow_trace, consolidation.workflow_trace_context, '
    'other.workflow_steps,
        public.workflow_events_archive',
    'only the old names themselves are replaced'
);

select * from finish();
rollback;
