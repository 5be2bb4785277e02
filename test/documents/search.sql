-- A tenant's search finds what is his, all of it, nothing else, and through the GIN indexes,
-- however many other organisations there are.

begin;

-- Hospital North (1…) with 300 runs of 4 steps, 59 other organisations with 10 runs of 4 steps.
-- One run in 30 has an error in its last step; one run of each organisation is known to another
-- system. Steps of every fifth run were never started; runs are created in groups of 7 at the same
-- moment.
create temporary table organisation as
select
    case n
        when 1 then '11111111-0000-4000-8000-000000000000'
        when 2 then '22222222-0000-4000-8000-000000000000'
        else '99999999-0000-4000-8000-' || lpad(n::text, 12, '0')
    end::uuid as org_id,
    n,
    case n when 1 then 300 else 10 end as runs
from generate_series(1, 60) as n;
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, status, created_at, context, endpoints_used,
    events, screenshots, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-' || lpad((o.n * 1000 + i)::text, 12, '0'))::uuid, o.org_id, o.org_id,
    'web', o.org_id,
    case when i % 30 = 0 then 'failed' else 'completed' end,
    timestamptz '2025-01-14 10:30:00Z' + i / 7 * interval '1 hour',
    jsonb_build_object(
        'correlation_id', 'c' || i, 'user_session', md5(o.n::text || i / 3), 'tier', 1
    ),
    case when i % 50 = 3 then '[5, "crm"]' else jsonb_build_array(i % 3) end,
    case
        when i % 100 = 3 then '[{"type": "workflow_aborted", "data": {"by": "user"}}]'
        else '[]'
    end::jsonb,
    case when i % 100 = 4 then '[{"action": "login", "url": "s3://run"}]' else '[]' end::jsonb,
    950000000 + o.n * 1000 + i
from organisation as o
cross join lateral generate_series(1, o.runs) as i;
insert into public.user_workflow_run_step (
    run_id, node_id, step_number, status, started_at, events, screenshots, org_id, legacy_trace_id,
    legacy_step_id
)
select
    r.run_id, r.org_id, s.step_number,
    case when r.legacy_trace_id % 30 = 0 and s.step_number = 4 then 'failed' else 'completed' end,
    case when r.legacy_trace_id % 5 > 0 then r.created_at + s.step_number * interval '1 second' end,
    case
        when r.legacy_trace_id % 30 = 0 and s.step_number = 4
            then '[{"type": "clicked", "data": {}}, {"type": "error", "data": {"code": 7}}]'
        else '[{"type": "clicked", "data": {}}]'
    end::jsonb,
    case
        when r.legacy_trace_id % 40 = 0 and s.step_number = 1
            then '[{"action": "submit claim", "url": "s3://step"}]'
        else '[{"action": "read", "url": "s3://step"}]'
    end::jsonb,
    r.org_id, r.legacy_trace_id, r.legacy_trace_id * 10 + s.step_number
from public.user_workflow_run as r
cross join generate_series(1, 4) as s (step_number)
where r.legacy_trace_id between 950000000 and 959999999;
analyze public.user_workflow_run;
analyze public.user_workflow_run_step;
-- What other tests left in the pending lists of the indexes would decide about plans.
do $$
begin
    perform gin_clean_pending_list(i.indexrelid)
    from pg_index as i
    inner join pg_class as c on c.oid = i.indexrelid
    inner join pg_am as m on m.oid = c.relam
    where i.indrelid::regclass::text ~ '^user_workflow_run(_step)?$' and m.amname = 'gin';
end
$$;

-- Plans -------------------------------------------------------------------------------------------

-- The query that a search function executes, read from the function and planned as it is there:
-- with the values in place, by the role it runs as.
create function pg_temp.plan_of(function_name text, arguments jsonb)
returns jsonb
language plpgsql
as $$
declare
    query text;
    parameter record;
    plan jsonb;
begin
    select (regexp_match(p.prosrc, 'return query\s+(select .*?);\s+end;'))[1]
    into strict query
    from pg_proc as p
    where p.oid = ('public.' || function_name)::regproc;
    for parameter in
        select
            a.name,
            format_type(t.type_id, null) as type_name
        from pg_proc as p
        cross join unnest(p.proargnames) with ordinality as a (name, place)
        inner join unnest(p.proargtypes::oid []) with ordinality as t (type_id, place)
            on t.place = a.place
        where p.oid = ('public.' || function_name)::regproc
    loop
        query := regexp_replace(
            query, format('%s\.%s\y', function_name, parameter.name),
            format('%L::%s', arguments ->> parameter.name, parameter.type_name), 'g'
        );
    end loop;
    query := regexp_replace(
        query, '\yorganisation\y', format('%L::uuid', '11111111-0000-4000-8000-000000000000'), 'g'
    );
    execute 'explain (format json) ' || query into plan;
    return plan;
end;
$$;
create function pg_temp.indexes_of(plan jsonb)
returns text
language sql
as $$
select string_agg(distinct i.name #>> '{}', ', ' order by i.name #>> '{}')
from jsonb_path_query(plan, '$.**."Index Name"') as i (name)
$$;

-- How often an index was used, or a table read from end to end, by this transaction.
create function pg_temp.uses(relation regclass)
returns bigint
language sql
as 'select pg_stat_get_xact_numscans(relation)';

create temporary table search (
    ordinal integer generated always as identity,
    description text,
    function_name text,
    arguments jsonb,
    index_name text,
    call text
);
insert into search (description, function_name, arguments, index_name, call)
values
('a run by its context', 'find_run_ids', '{"context": "{\"correlation_id\": \"c77\"}"}',
    'idx_run_context_gin', $$find_runs(context => '{"correlation_id": "c77"}')$$),
('a run by two keys of its context', 'find_run_ids',
    '{"context": "{\"correlation_id\": \"c77\", \"tier\": 1}", "status": "completed"}',
    'idx_run_context_gin',
    $$find_runs(context => '{"correlation_id": "c77", "tier": 1}', status => 'completed')$$),
('runs by an endpoint', 'find_run_ids', '{"endpoint": "5"}',
    'idx_run_endpoints_gin', $$find_runs(endpoint => '5')$$),
('runs by an event of no step', 'find_run_ids', '{"events": "[{\"type\": \"workflow_aborted\"}]"}',
    'idx_run_events_gin', $$find_runs(events => '[{"type": "workflow_aborted"}]')$$),
('failed runs', 'find_run_ids', '{"status": "failed"}',
    'idx_run_org_status', $$find_runs(status => 'failed')$$),
('runs of an hour', 'find_run_ids',
    '{"created_from": "2025-01-15 10:00Z", "created_to": "2025-01-15 11:00Z"}',
    'idx_run_org_created',
    $$find_runs(created_from => '2025-01-15 10:00Z', created_to => '2025-01-15 11:00Z')$$),
('the latest runs', 'find_run_ids', '{"page_size": 5}',
    'idx_run_org_created', $$find_runs(page_size => 5)$$),
('the next runs', 'find_run_ids',
    '{"page_size": 5, "after_created_at": "2025-01-15 10:30Z",
        "after_run_id": "11111111-0000-4000-8000-000000001174"}',
    'idx_run_org_created',
    $$find_runs(
        page_size => 5, after_created_at => '2025-01-15 10:30Z',
        after_run_id => '11111111-0000-4000-8000-000000001174'
    )$$),
('steps by an event', 'find_step_ids', '{"events": "[{\"type\": \"error\"}]"}',
    'idx_step_events_gin', $$find_steps(events => '[{"type": "error"}]')$$),
('steps by an event and its data', 'find_step_ids',
    '{"events": "[{\"type\": \"error\", \"data\": {\"code\": 7}}]", "page_size": 2}',
    'idx_step_events_gin',
    $$find_steps(events => '[{"type": "error", "data": {"code": 7}}]', page_size => 2)$$),
('steps by a screenshot', 'find_step_ids', '{"screenshots": "[{\"action\": \"submit claim\"}]"}',
    'idx_step_screenshots_gin', $$find_steps(screenshots => '[{"action": "submit claim"}]')$$),
('failed steps', 'find_step_ids', '{"status": "failed"}',
    'idx_step_org_status', $$find_steps(status => 'failed')$$);

-- What a search must find: the same question, asked by the owner.
create temporary table searched (
    ordinal integer,
    found text [],
    expected text [],
    seq_scans bigint,
    uses bigint
);
grant insert on searched to workflow_app;
grant select on search to workflow_app, workflow_maintenance;

-- Setting forms -----------------------------------------------------------------------------------

create temporary table setting_form (
    ordinal integer,
    description text,
    setting text,
    sees text
);
insert into setting_form
values
(1, 'a session that never named an organisation', null, null),
(2, 'a session that named none', '', null),
(3, 'a session of an organisation that does not exist', '88888888-0000-4000-8000-000000000000',
    null),
(4, 'a session of Hospital North', '11111111-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-000000000000'),
(5, 'a session of Hospital South', '22222222-0000-4000-8000-000000000000',
    '22222222-0000-4000-8000-000000000000'),
(6, 'a session of North in capital letters', '{11111111-0000-4000-8000-000000000000}',
    '11111111-0000-4000-8000-000000000000');
grant select on setting_form to workflow_app;

select plan(
    2 * (select count(*)::integer from search)           -- plans: what is used, and no full read
    + 2 * (select count(*)::integer from search)         -- what is found, as a tenant
    + 6 * 2                                               -- setting forms
    + 38
);

set local role workflow_maintenance;
select is(
    (string_to_array(pg_temp.indexes_of(pg_temp.plan_of(s.function_name, s.arguments)), ', ')
        @> array[s.index_name]),
    true,
    format(
        '%s: %s uses %s', s.function_name, s.description, s.index_name
    )
)
from search as s
order by s.ordinal;
select is(
    jsonb_path_exists(
        pg_temp.plan_of(s.function_name, s.arguments),
        '$.** ? (@."Node Type" == "Seq Scan")'
    ),
    false,
    format('%s: %s reads no table from end to end', s.function_name, s.description)
)
from search as s
order by s.ordinal;
select is(
    jsonb_path_query_first(
        pg_temp.plan_of('find_step_ids', '{"events": "[{\"type\": \"error\"}]"}'),
        '$.** ? (@."Index Name" == "idx_step_events_gin")."Index Cond"'
    )::text ~ 'events @>',
    true,
    'the index is asked for the event'
);
select is(
    pg_temp.plan_of('find_step_ids', '{}') #>> '{0,Plan,Plans,0,Node Type}' is not null
    and pg_temp.plan_of('find_step_ids', '{}')::text !~ '(@>|ARRAY)',
    true,
    'what is left out of a search is no condition of its query'
);
reset role;

-- Results -----------------------------------------------------------------------------------------

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
do $$
declare
    s record;
    found text [];
    table_name text;
    scans bigint;
    uses bigint;
begin
    for s in select * from search order by ordinal loop
        table_name := case when s.function_name = 'find_run_ids'
            then 'user_workflow_run' else 'user_workflow_run_step' end;
        scans := pg_stat_get_xact_numscans(('public.' || table_name)::regclass);
        uses := pg_stat_get_xact_numscans(('public.' || s.index_name)::regclass);
        execute format(
            'select array_agg(f.%I::text) from public.%s as f',
            case when s.function_name = 'find_run_ids' then 'run_id' else 'step_id' end, s.call
        ) into found;
        insert into searched (ordinal, found, seq_scans, uses)
        values (
            s.ordinal, found,
            pg_stat_get_xact_numscans(('public.' || table_name)::regclass) - scans,
            pg_stat_get_xact_numscans(('public.' || s.index_name)::regclass) - uses
        );
    end loop;
end;
$$;
reset role;
reset app.current_org_id;

update searched as f
set expected = e.expected
from (
    values
    (1, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and r.context ->> 'correlation_id' = 'c77'
        order by r.created_at desc, r.run_id desc)),
    (2, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and r.context ->> 'correlation_id' = 'c77'
        order by r.created_at desc, r.run_id desc)),
    (3, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and r.endpoints_used::text like '[5,%'
        order by r.created_at desc, r.run_id desc)),
    (4, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and r.events -> 0 ->> 'type' = 'workflow_aborted'
        order by r.created_at desc, r.run_id desc)),
    (5, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000' and r.status = 'failed'
        order by r.created_at desc, r.run_id desc)),
    (6, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and r.created_at >= '2025-01-15 10:00Z' and r.created_at < '2025-01-15 11:00Z'
        order by r.created_at desc, r.run_id desc)),
    (7, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        order by r.created_at desc, r.run_id desc limit 5)),
    (8, array(select r.run_id::text from user_workflow_run as r
        where r.org_id = '11111111-0000-4000-8000-000000000000'
        and (r.created_at, r.run_id)
        < ('2025-01-15 10:30Z', '11111111-0000-4000-8000-000000001174'::uuid)
        order by r.created_at desc, r.run_id desc limit 5)),
    (9, array(select s.step_id::text from user_workflow_run_step as s
        where s.org_id = '11111111-0000-4000-8000-000000000000'
        and s.events -> 1 ->> 'type' = 'error'
        order by s.started_at desc nulls last, s.step_id desc)),
    (10, array(select s.step_id::text from user_workflow_run_step as s
        where s.org_id = '11111111-0000-4000-8000-000000000000'
        and s.events -> 1 ->> 'type' = 'error'
        order by s.started_at desc nulls last, s.step_id desc limit 2)),
    (11, array(select s.step_id::text from user_workflow_run_step as s
        where s.org_id = '11111111-0000-4000-8000-000000000000'
        and s.screenshots -> 0 ->> 'action' = 'submit claim'
        order by s.started_at desc nulls last, s.step_id desc)),
    (12, array(select s.step_id::text from user_workflow_run_step as s
        where s.org_id = '11111111-0000-4000-8000-000000000000' and s.status = 'failed'
        order by s.started_at desc nulls last, s.step_id desc))
) as e (ordinal, expected)
where e.ordinal = f.ordinal;

select is(f.found, f.expected, format('a tenant finds %s, in order', s.description))
from searched as f
inner join search as s on s.ordinal = f.ordinal
order by f.ordinal;
select ok(
    cardinality(f.expected) > 0 and f.uses > 0 and f.seq_scans = 0,
    format('a tenant finds %s through %s', s.description, s.index_name)
)
from searched as f
inner join search as s on s.ordinal = f.ordinal
order by f.ordinal;

-- What the caller gets can be joined, through keys.
set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
create function pg_temp.plan(query text)
returns jsonb
language plpgsql
as $$
declare
    plan jsonb;
begin
    execute 'explain (analyze, timing off, format json) ' || query into plan;
    return plan;
end;
$$;
select is(
    pg_temp.indexes_of(p.plan),
    'user_workflow_run_org_id_run_id_key',
    'steps that were found are joined with their runs through keys'
)
from pg_temp.plan(
    $$select s.step_id, r.status from public.find_steps(events => '[{"type": "error"}]') as s
    inner join public.user_workflow_run as r on r.run_id = s.run_id$$
) as p (plan);
select ok(
    pg_temp.uses('public.user_workflow_run_step_pkey') > 0,
    'the rows of steps that were found are fetched by their keys'
);
select is(
    (
        select count(*) from public.find_steps(events => '[{"type": "error"}]') as s
        inner join public.user_workflow_run as r on r.run_id = s.run_id
        where r.status = 'failed' and r.org_id = s.org_id
    ),
    10::bigint, 'the rows are whole rows'
);

-- Containment -------------------------------------------------------------------------------------

select is((select count(*) from public.find_runs()), 300::bigint,
    'no condition finds all of one''s own');
select is((select count(*) from public.find_runs(context => '{}')), 300::bigint,
    'an empty context is in every one');
select is((select count(*) from public.find_runs(events => '[]')), 300::bigint,
    'no events at all are in every run');
select is((select count(*) from public.find_steps(events => '[]')), 1200::bigint,
    'no events at all are in every step');
select is((select count(*) from public.find_steps(events => '{"type": "error"}')), 0::bigint,
    'an event that is not in an array is in no array of events');
select is((select count(*) from public.find_runs(context => '{"no such key": 1}')), 0::bigint,
    'nothing is found where nothing is');
select is((select count(*) from public.find_runs(endpoint => '"crm"')), 6::bigint,
    'an endpoint may be a text');
select is((select count(*) from public.find_runs(endpoint => '"5"')), 0::bigint,
    '… and is no number then');
select is(
    (select count(*) from public.find_runs(screenshots => '[{"action": "login"}]')), 3::bigint,
    'runs are found by screenshots of no step'
);
select is(
    (select count(*) from public.find_steps(
        events => '[{"type": "error"}]', screenshots => '[{"action": "read"}]', status => 'failed'
    )), 10::bigint, 'conditions hold together'
);
select is(
    (select count(*) from public.find_steps(
        started_from => '2025-01-14 10:30:01Z', started_to => '2025-01-14 10:30:03Z'
    )), 10::bigint, 'the first moment belongs to it, the last does not'
);

-- Pages -------------------------------------------------------------------------------------------

create function pg_temp.pages_of_runs(size integer, first_condition jsonb)
returns text []
language plpgsql
as $$
declare
    page public.user_workflow_run [];
    last public.user_workflow_run;
    found text [] := '{}';
begin
    loop
        page := array(
            select f from public.find_runs(
                first_condition, page_size => size, after_created_at => last.created_at,
                after_run_id => last.run_id
            ) as f
        );
        exit when cardinality(page) = 0;
        found := found || array(select p.run_id::text from unnest(page) as p);
        last := page[cardinality(page)];
        if cardinality(page) > size or cardinality(found) > 5000 then
            raise exception 'a page too many';
        end if;
    end loop;
    return found;
end;
$$;
create function pg_temp.pages_of_steps(size integer, first_condition jsonb)
returns text []
language plpgsql
as $$
declare
    page public.user_workflow_run_step [];
    last public.user_workflow_run_step;
    found text [] := '{}';
begin
    loop
        page := array(
            select f from public.find_steps(
                first_condition, page_size => size, after_started_at => last.started_at,
                after_step_id => last.step_id
            ) as f
        );
        exit when cardinality(page) = 0;
        found := found || array(select p.step_id::text from unnest(page) as p);
        last := page[cardinality(page)];
        if cardinality(page) > size or cardinality(found) > 5000 then
            raise exception 'a page too many';
        end if;
    end loop;
    return found;
end;
$$;
select is(
    pg_temp.pages_of_runs(p.size, null),
    array(select f.run_id::text from public.find_runs() as f),
    format(
        'pages of %s runs, of which many began at the same moment, have no gap and no double',
        p.size
    )
)
from unnest(array[10, 7, 301]) as p (size);
select is(
    pg_temp.pages_of_steps(p.size, p.events),
    array(select f.step_id::text from public.find_steps(p.events) as f),
    format('pages of %s steps, of which many never began, have no gap and no double', p.size)
)
from (values (100, null::jsonb), (241, null), (3, '[{"type": "error"}]')) as p (size, events);
select is((select count(*) from public.find_runs(page_size => 0)), 0::bigint,
    'a page of none is empty');
select is((select count(*) from public.find_runs(page_size => 1)), 1::bigint,
    'a page of one has one');
select throws_ok('select public.find_runs(page_size => -1)', '2201W', null,
    'there is no page of less than none');
select throws_ok(
    'select public.find_runs(after_run_id => ''11111111-0000-4000-8000-000000001174'')',
    '22023', null, 'a page begins after a moment and a run, not after a run'
);
select throws_ok('select public.find_runs(after_created_at => now())', '22023', null,
    '… nor after a moment');
select throws_ok('select public.find_steps(after_started_at => now())', '22023', null,
    '… and so it is with steps');
reset role;

-- Whose -------------------------------------------------------------------------------------------

reset app.current_org_id;
create temporary table seen (form integer, of_runs text, of_steps text);
grant select, insert on seen to workflow_app;
set local role workflow_app;
do $$
declare
    form record;
begin
    for form in select * from setting_form order by ordinal loop
        if form.setting is not null then
            perform set_config('app.current_org_id', form.setting, true);
        end if;
        insert into seen
        select
            form.ordinal,
            (
                select string_agg(distinct x.org_id::text, ' ')
                from public.find_run_ids() as f (run_id)
                left join lateral (
                    select r.org_id from public.find_runs() as r where r.run_id = f.run_id
                ) as x on true
            ),
            (select string_agg(distinct s.org_id::text, ' ') from public.find_steps() as s);
    end loop;
end;
$$;
select is(
    s.of_runs, f.sees,
    format('%s finds the runs of %s', f.description, coalesce(f.sees, 'nobody'))
)
from seen as s
inner join setting_form as f on f.ordinal = s.form
order by s.form;
select is(
    s.of_steps, f.sees,
    format('%s finds the steps of %s', f.description, coalesce(f.sees, 'nobody'))
)
from seen as s
inner join setting_form as f on f.ordinal = s.form
order by s.form;

set local app.current_org_id = 'North';
select throws_ok('select public.find_runs()', '22P02', null, 'a name that is no uuid is an error');
select throws_ok('select public.find_step_ids()', '22P02', null, '… in the function behind, too');
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    (select count(*) from public.find_runs(context => '{"correlation_id": "c77"}')), 0::bigint,
    'a search for what only another has finds nothing'
);
prepare mine as select count(*) from public.find_runs();
select results_eq('mine', array[10::bigint], 'a prepared search finds the runs of South');
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select results_eq('mine', array[300::bigint],
    '… and those of North in the same transaction afterwards');
deallocate mine;
reset role;

-- Nobody is given more than he has ----------------------------------------------------------------

create role reader_of_nothing nologin;
create role reader_of_ids nologin;
grant workflow_app to reader_of_ids;
set local role reader_of_nothing;
select throws_ok('select public.find_runs()', '42501', null, 'not everybody may search');
select throws_ok('select public.find_run_ids()', '42501', null, '… nor for keys');
reset role;
revoke select on public.user_workflow_run_step from workflow_app;
set local role workflow_app;
select throws_ok('select public.find_steps()', '42501', null,
    'who may not select from the table gets no rows of it');
reset role;
grant select on public.user_workflow_run_step to workflow_app;
create policy nothing_failed on public.user_workflow_run as restrictive for select to workflow_app
using (status <> 'failed');
set local role workflow_app;
select is((select count(*) from public.find_runs(status => 'failed')), 0::bigint,
    'a further policy of the database holds for what is found');
reset role;
drop policy nothing_failed on public.user_workflow_run;
set local role workflow_app;
select is((select count(*) from public.find_runs(status => 'failed')), 10::bigint,
    '… and without it they are found');
reset role;

select * from finish();
rollback;
