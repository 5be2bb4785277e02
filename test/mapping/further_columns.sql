-- further_columns: columns that the baseline does not know, made here before the cut-over.

begin;
select plan(29);

select throws_ok(
    'select consolidation.take_further_columns()', '55000', null,
    'after the cut-over nothing is taken from the old tables'
);
select consolidation.swap_to_tables();
create type public.severity as enum ('low', 'high');
create collation public.any_order (locale = 'C');
alter table public.workflow_trace
add severity public.severity not null default 'low',
add "CostOfIt" text collate public.any_order;
alter table public.workflow_steps
add further jsonb;
alter table public.workflow_events
add severity public.severity default 'low',
add seen_at timestamptz;
alter table public.workflow_trace_screenshot
add width integer;
alter table public.workflow_trace_context
add author text;

select results_eq(
    $$
    select concat_ws(' ', m.old_table, m.column_name, m.type_name) collate "default"
    from consolidation.missed_column() as m
    $$,
    $$
    values
    ('workflow_events severity public.severity'),
    ('workflow_events seen_at timestamp with time zone'),
    ('workflow_steps further jsonb'),
    ('workflow_trace severity public.severity'),
    ('workflow_trace CostOfIt text collate public.any_order'),
    ('workflow_trace_screenshot width integer')
    $$,
    'what was added is missed, with its type and collation'
);
select results_eq(
    $$
    select concat_ws(' ', f.severity, f.object, f.remedy ~ 'take_further_columns') collate "default"
    from consolidation.finding_column as f
    order by f.object collate "C"
    $$,
    $$
    values
    ('refuse public.workflow_events.seen_at t'),
    ('refuse public.workflow_events.severity t'),
    ('refuse public.workflow_steps.further t'),
    ('refuse public.workflow_trace."CostOfIt" t'),
    ('refuse public.workflow_trace.severity t'),
    ('refuse public.workflow_trace_context.author f'),
    ('refuse public.workflow_trace_screenshot.width t')
    $$,
    'finding_column: a deploy is refused until the documents have them'
);
insert into consolidation.accepted (kind, object, reason)
values ('column', 'public.workflow_steps.further', 'is not to be accepted');
select is(
    (
        select p.severity from consolidation.preflight as p
        where p.object = 'public.workflow_steps.further'
    ),
    'refuse',
    'this cannot be accepted: the contract would drop its values'
);

select throws_like(
    'select consolidation.swap_to_views()', 'the documents lack public.workflow_events.seen_at, %',
    'a column that comes between the preflight and the locks stops the cut-over'
);

update public.workflow_trace
set severity = 'high', "CostOfIt" = concat('€ ', trace_id)
where trace_id between 1 and 9;
update public.workflow_steps
set further = '{"a": null, "b": 1.10}'
where trace_id between 1 and 9;
update public.workflow_events
set severity = 'high', seen_at = '2025-07-01 12:00:00.5+02'
where trace_id between 1 and 9;
update public.workflow_trace_screenshot
set width = 640
where trace_id between 1 and 9;
delete from consolidation.change;
select consolidation.take_further_columns();
select is_empty('select from consolidation.missed_column()', 'then the documents have them');
select is(
    (select count(*) from consolidation.change where trace_id is null),
    1::bigint,
    'and all runs stand in the queue'
);
select lives_ok('select consolidation.take_further_columns()', 'once more changes nothing');
select is(
    (select count(*) from consolidation.change where trace_id is null),
    1::bigint,
    'and queues nothing'
);
select is(
    col_description(
        'public.user_workflow_run'::regclass,
        (
            select attnum from pg_attribute
            where attrelid = 'public.user_workflow_run'::regclass and attname = 'legacy_severity'
        )
    ),
    'Column severity of workflow_trace',
    'the column of the document says what it is'
);
select results_eq(
    $$
    select concat_ws(' ', f.severity, f.object, f.consequence) collate "default"
    from consolidation.finding_column as f
    where f.object = 'workflow_trace.severity'
    $$,
    $$
    values (
        'notice workflow_trace.severity becomes public.user_workflow_run.legacy_severity, and the '
        'old name shows it'
    )
    $$,
    'finding_column: what was taken is told'
);

-- Forward.
select set_eq(
    'select t.id from consolidation.unequal_traces(1, 9, null) as t (id)',
    'select t.trace_id from public.workflow_trace as t where t.trace_id between 1 and 9',
    'the proof finds what the documents lack, in runs'
);
select set_eq(
    'select t.id from consolidation.unequal_steps(1, 9, null) as t (id)',
    'select s.trace_id from public.workflow_steps as s where s.trace_id between 1 and 9',
    'and in steps'
);
select set_eq(
    'select e.id from consolidation.unequal_events(1, 9, null) as e (id)',
    'select e.trace_id from public.workflow_events as e where e.trace_id between 1 and 9',
    'in events'
);
select set_eq(
    'select p.id from consolidation.unequal_screenshots(1, 9, null) as p (id)',
    'select p.trace_id from public.workflow_trace_screenshot as p where p.trace_id between 1 and 9',
    'and in screenshots'
);
select consolidation.consolidate(array(select t.trace_id from public.workflow_trace as t));
select is_empty('select from consolidation.differences()', 'consolidate() writes all of it');
select is(
    (
        select s.legacy_further::text from public.user_workflow_run_step as s
        where s.legacy_trace_id = 1 order by s.legacy_step_id limit 1
    ),
    '{"a": null, "b": 1.10}',
    'as it stood there'
);

select is(
    (
        select jsonb_path_query_first(s.events, '$[0]') - '{type,timestamp,data,event_id}'::text []
        from public.user_workflow_run_step as s
        where s.legacy_trace_id = 1 and s.events <> '[]'
        order by s.legacy_step_id limit 1
    ),
    '{"legacy_severity": "high", "legacy_seen_at": "2025-07-01T10:00:00.5Z"}'::jsonb,
    'an element has further keys'
);

-- Byte for byte.
update public.user_workflow_run_step
set legacy_further = '{"b": 1.10}'
where legacy_trace_id = 1;
select results_eq(
    $$ select distinct d.columns from consolidation.differences_of('{1}') as d $$,
    $$ values ('{further}'::text []) $$,
    'a null inside such a column is a difference'
);

-- Back.
insert into consolidation.carried_back (trace_id) values (1), (2);
update public.user_workflow_run
set legacy_severity = 'low', "legacy_CostOfIt" = null
where legacy_trace_id = 2;
insert into public.user_workflow_run (
    workflow_id, org_id, channel, created_by, legacy_trace_id, legacy_severity
)
select r.workflow_id, r.org_id, r.channel, r.created_by, 910001, 'high'
from public.user_workflow_run as r
where r.legacy_trace_id = 1;
select consolidation.carry_back('{1, 2, 910001}');
select is_empty('select from consolidation.differences()', 'carry_back() writes all of it back');
select results_eq(
    $$
    select t.trace_id::bigint, t.severity::text, t."CostOfIt" collate "default"
    from public.workflow_trace as t
    where t.trace_id in (1, 2, 910001)
    order by t.trace_id
    $$,
    $$ values (1::bigint, 'high', '€ 1'), (2, 'low', null), (910001, 'high', null) $$,
    'values that were changed, and those of a new run that cannot be null'
);

-- The old names.
select lives_ok(
    $$
    update consolidation.workflow_trace
    set severity = 'low', "CostOfIt" = 'x'
    where trace_id = 1
    $$,
    'the old name takes writes to them'
);
select is(
    (
        select concat(t.severity, t."CostOfIt") from consolidation.workflow_trace as t
        where t.trace_id = 1
    ),
    'lowx',
    'and shows them'
);

create temporary table one_event as
select e.event_id, e.step_id
from consolidation.workflow_events as e
where e.trace_id = 3 and e.step_id is not null
order by e.event_id limit 1;
select lives_ok(
    $$
    update consolidation.workflow_events
    set severity = 'low', seen_at = null
    where event_id = (select o.event_id from one_event as o)
    $$,
    'an old name of elements takes writes to them'
);
select results_eq(
    $$
    select e.severity::text, e.seen_at, e.event_data is not null
    from consolidation.workflow_events as e
    where e.event_id = (select o.event_id from one_event as o)
    $$,
    $$ values ('low', null::timestamptz, true) $$,
    'and shows them'
);
insert into consolidation.workflow_events (event_id, trace_id, step_id, event_type, event_data)
select 910777, 3, o.step_id, 'new', '1' from one_event as o;
select lives_ok(
    $$
    delete from consolidation.workflow_events
    where event_id = (select o.event_id from one_event as o)
    $$,
    'and deletes an element that has them'
);
update public.user_workflow_run_step
set events = jsonb_set(events, '{0,legacy_severity}', '"rubbish"')
where legacy_trace_id = 4 and events <> '[]';
insert into consolidation.carried_back (trace_id) values (3), (4);
select consolidation.carry_back('{1, 3, 4}');
select is_empty(
    'select from consolidation.differences()',
    'all of it is carried back, and rubbish is null there'
);
select is(
    (
        select count(*) from public.workflow_events as e
        where e.trace_id = 4 and e.severity is null
    ),
    (
        select count(*) from public.user_workflow_run_step as s
        where s.legacy_trace_id = 4 and s.events <> '[]'
    ),
    'in these rows and no others'
);
update consolidation.workflow_trace_screenshot set width = 320 where trace_id = 1;
select consolidation.carry_back('{1}');
select is(
    (
        select array_agg(distinct p.width) from public.workflow_trace_screenshot as p
        where p.trace_id = 1
    ),
    array[320],
    'screenshots go back with them'
);

select * from finish();
rollback;
