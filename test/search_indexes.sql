-- Each index is used by the query it is for, on tables large enough for the planner to have a
-- choice.

begin;
select plan(27);

-- 40 organisations, the first of them Hospital North (1…), with 150 runs each. Few runs are
-- running, have events of their own or a step with an error.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, status, external_id, created_at, context,
    events,
    legacy_trace_id, legacy
)
select
    ('11111111-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('11111111-0000-4000-8001-' || lpad((n % 400)::text, 12, '0'))::uuid,
    case
        when n % 40 = 0 then '11111111-0000-4000-8000-000000000000'
        else '22222222-0000-4000-8000-' || lpad((n % 40)::text, 12, '0')
    end::uuid,
    'web', '11111111-0000-4000-8000-00000000d001',
    case when n % 97 = 0 then 'running' else 'completed' end,
    'CLAIM-' || n,
    timestamptz '2025-01-14 10:30:00+00' + n * interval '1 minute',
    jsonb_build_object(
        'user_session', md5(n::text),
        'correlation_id', case when n = 4000 then 'xyz789' else 'c' || n end, 'retry_attempt', n % 3
    ),
    case when n % 500 = 0 then '[{"type": "error"}]' else '[]' end::jsonb,
    900000000 + n, '{}'
from generate_series(1, 6000) as n;
insert into public.user_workflow_run_step (
    run_id, node_id, step_number, status, events, org_id, legacy_trace_id
)
select
    r.run_id,
    ('11111111-0000-4000-8003-' || lpad((r.legacy_trace_id % 300)::text, 12, '0'))::uuid, 1,
    case when r.legacy_trace_id % 101 = 0 then 'failed' else 'completed' end,
    case
        when r.legacy_trace_id % 200 = 0 then '[{"type": "clicked"}, {"type": "error", "data": 1}]'
        else '[{"type": "clicked"}]'
    end::jsonb,
    r.org_id, r.legacy_trace_id
from public.user_workflow_run as r
where r.legacy_trace_id > 900000000 and r.legacy_trace_id <= 900006000;
-- What the indexes have not sorted in yet would make them look dearer than they are.
do $$
begin
    perform gin_clean_pending_list(i.indexrelid)
    from pg_index as i
    inner join pg_class as c on c.oid = i.indexrelid
    inner join pg_am as m on m.oid = c.relam
    where
        m.amname = 'gin'
        and i.indrelid in (
            'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
        );
end
$$;
analyze public.user_workflow_run;
analyze public.user_workflow_run_step;

create function pg_temp.uses(statement text, index_name text)
returns boolean
language plpgsql
as $$
declare
    plan jsonb;
begin
    execute 'explain (format json) ' || statement into plan;
    return jsonb_path_exists(
        plan, '$.** ? (@."Index Name" == $name)', jsonb_build_object('name', index_name)
    );
end;
$$;

create temporary table query (
    ordinal integer generated always as identity,
    index_name text,
    purpose text,
    statement text
);
insert into query (index_name, purpose, statement)
values
(
    'idx_run_context_gin', 'runs with a value in their context',
    'select * from user_workflow_run where context @> ''{"correlation_id": "xyz789"}'''
),
(
    'idx_step_events_gin', 'steps with an event of a type',
    'select * from user_workflow_run_step where events @> ''[{"type": "error"}]'''
),
(
    'idx_run_events_gin', 'runs with an event of a type',
    'select * from user_workflow_run
    where events @> ''[{"type": "error"}]'' and events <> ''[]'''
),
(
    'idx_run_org_created', 'the latest runs of an organisation',
    'select * from user_workflow_run
    where org_id = ''11111111-0000-4000-8000-000000000000''
    order by created_at desc limit 20'
),
(
    'idx_run_org_status', 'runs of an organisation in a state',
    'select * from user_workflow_run
    where org_id = ''11111111-0000-4000-8000-000000000000'' and status = ''running''
    order by created_at'
),
(
    'idx_run_external_id', 'the run that another system knows by its own id',
    'select * from user_workflow_run where external_id = ''CLAIM-77'''
),
(
    'idx_run_workflow', 'the runs of a workflow, the latest first',
    'select * from user_workflow_run
    where workflow_id = ''11111111-0000-4000-8001-000000000007''
    order by created_at desc limit 20'
),
(
    'idx_step_org_status', 'the steps of an organisation in a state',
    'select * from user_workflow_run_step
    where org_id = ''11111111-0000-4000-8000-000000000000'' and status = ''failed'''
),
(
    'idx_step_node', 'the steps that executed a node',
    'select * from user_workflow_run_step
    where node_id = ''11111111-0000-4000-8003-000000000007'''
),
-- The keys answer what the old names are asked for most.
(
    'user_workflow_run_legacy_trace_id_key', 'a trace by its id',
    'select * from workflow_trace where trace_id = 900000077'
),
(
    'user_workflow_run_step_legacy_trace_id_step_number_key', 'the steps of a trace',
    'select * from workflow_steps where trace_id = 900000077 order by step_number'
),
(
    'user_workflow_run_legacy_trace_id_key', 'the events of a trace',
    'select * from workflow_events where trace_id = 900000077'
),
(
    'user_workflow_run_step_legacy_step_id_key', 'the events of a step',
    'select e.* from workflow_events as e where e.step_id = (
        select s.step_id from workflow_steps as s where s.trace_id = 900000077
    )'
),
(
    'user_workflow_run_legacy_trace_id_key', 'the screenshots of a trace',
    'select * from workflow_trace_screenshot where trace_id = 900000077'
),
(
    'user_workflow_run_legacy_trace_id_key', 'the context of a trace',
    'select * from workflow_trace_context where trace_id = 900000077'
),
(
    'user_workflow_run_legacy_trace_id_key', 'the endpoints of a trace',
    'select * from workflow_trace_endpoint where trace_id = 900000077'
);

select is_empty(
    $$
    select i.indexrelid::regclass from pg_index as i
    where
        i.indrelid in (
            'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
        )
        and i.indexrelid::regclass::text ~ '^idx_'
        and i.indexrelid::regclass::text not in (select q.index_name from query as q)
        -- These are tried in test/documents/search.sql.
        and i.indexrelid::regclass::text
        not in ('idx_run_endpoints_gin', 'idx_step_screenshots_gin')
    $$,
    'there is a query here for every search index'
);
select ok(
    pg_temp.uses(q.statement, q.index_name),
    format('%s are found with %s', q.purpose, q.index_name)
)
from query as q
order by q.ordinal;

-- What they find.
select results_eq(
    $$
    select r.external_id::text from public.user_workflow_run as r
    where r.context @> '{"correlation_id": "xyz789"}' and r.legacy_trace_id > 900000000
    and r.legacy_trace_id <= 900006000
    $$,
    $$ values ('CLAIM-4000') $$,
    'a search for a value in the context finds the one run that has it'
);
select is(
    (
        select count(*)::integer from public.user_workflow_run_step as s
        where
            s.events @> '[{"type": "error"}]'
            and s.legacy_trace_id > 900000000 and s.legacy_trace_id <= 900006000
    ),
    30,
    'a search for a type of event finds every step that has it'
);

-- A tenant ---------------------------------------------------------------------------------------

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select ok(
    pg_temp.uses(
        'select * from user_workflow_run order by created_at desc limit 20', 'idx_run_org_created'
    ),
    'the latest runs of a tenant are found with idx_run_org_created'
);
select ok(
    pg_temp.uses(
        'select * from user_workflow_run where status = ''running'' order by created_at',
        'idx_run_org_status'
    ),
    'a tenant''s runs in a state are found with idx_run_org_status'
);
select is(
    (select count(*)::integer from public.user_workflow_run), 150,
    'control: a tenant sees its own runs only'
);
reset role;

-- The four statements that say whether a deploy worked --------------------------------------------

select cmp_ok(
    (select count(*) from user_workflow_run), '>=', 6000::bigint, 'the runs can be counted'
);
select cmp_ok(
    (select count(*) from user_workflow_run_step), '>=', 6000::bigint, 'the steps can be counted'
);
select isnt_empty(
    'SELECT * FROM workflow_trace LIMIT 1', 'workflow_trace can be read under its old name'
);
select isnt_empty(
    'SELECT * FROM workflow_steps LIMIT 1', 'workflow_steps can be read under its old name'
);
select is_empty(
    $$
    select i.indexrelid::regclass from pg_index as i
    where
        i.indrelid in (
            'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
        )
        and not (i.indisvalid and i.indisready)
    $$,
    'every index is valid'
);

select * from finish();
rollback;
