-- find_event: the event of an old id, through the GIN indexes, of one's own organisation. What
-- find_runs and find_steps find is in search.sql.

begin;

-- North (1...) has 200 runs of a step with two old events each, and an event of no step; South
-- (2...) one run, whose step claims the event_id of an event of North, besides its own.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, events, legacy_trace_id
)
select
    ('11111111-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, o.org_id, o.org_id, 'web',
    o.org_id,
    jsonb_build_array(
        jsonb_build_object('event_id', 970000000 + i * 10, 'type', 'workflow_started', 'data', i)
    ),
    960000000 + i
from generate_series(1, 201) as i
cross join lateral (
    select (
        case when i < 201 then '11111111' else '22222222' end || '-0000-4000-8000-000000000000'
    )::uuid as org_id
) as o;
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, org_id, legacy_trace_id, legacy_step_id, events
)
select
    ('11111111-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid, r.run_id, r.org_id, 1, r.org_id,
    r.legacy_trace_id, 960000000 + i,
    case
        when i < 201 then jsonb_build_array(
            jsonb_build_object('event_id', 970000000 + i * 10 + 1, 'type', 'clicked', 'data', i),
            jsonb_build_object('event_id', 970000000 + i * 10 + 2, 'type', 'error', 'data', i),
            jsonb_build_object('type', 'new', 'data', i)
        )
        else '[{"event_id": 970000052, "type": "claimed", "data": 0},
            {"event_id": 970002011, "type": "clicked", "data": 201}]'
    end
from generate_series(1, 201) as i
inner join public.user_workflow_run as r on r.legacy_trace_id = 960000000 + i;
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

select plan(16);

select has_function(
    'public', 'find_event', array['bigint']::name [], 'there is find_event(bigint)'
);

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
prepare of_step as select * from public.find_event(970000052);
select results_eq(
    'of_step',
    $$ values (
        '11111111-0000-4000-8000-000000000005'::uuid,
        '11111111-0000-4000-9000-000000000005'::uuid,
        2::bigint, '{"event_id": 970000052, "type": "error", "data": 5}'::jsonb
    ) $$,
    'an event of a step is found with its run, its step and its place'
);
select results_eq(
    'select * from public.find_event(970000050)',
    $$ values (
        '11111111-0000-4000-8000-000000000005'::uuid, null::uuid, 1::bigint,
        '{"event_id": 970000050, "type": "workflow_started", "data": 5}'::jsonb
    ) $$,
    'an event of no step is found with its run'
);
select is_empty('select * from public.find_event(979999999)', 'an unknown event_id finds nothing');
select is_empty('select * from public.find_event(null)', '… and so does none');
select throws_ok(
    'select * from public.find_event(-5)', '22023', null,
    'a negative event_id, which no event holds, is refused'
);
select is_empty(
    'select * from public.find_event(970002011)', 'an event of another organisation is not found'
);
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select results_eq(
    'select f.event ->> ''type'' from public.find_event(970002011) as f', array['clicked'],
    'control: its own organisation finds it'
);
select results_eq(
    'select f.event ->> ''type'' from public.find_event(970000052) as f', array['claimed'],
    'an id that two organisations use gives each its own event'
);
set local app.current_org_id = '';
select is_empty('select * from public.find_event(970000052)', 'no organisation finds no event');
set local app.current_org_id = 'North';
select throws_ok(
    'select * from public.find_event(970000052)', '22P02', null,
    'a name that is no uuid is an error'
);

set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
reset role;
create temporary table scans as
select
    pg_stat_get_xact_numscans('public.user_workflow_run'::regclass) as runs,
    pg_stat_get_xact_numscans('public.user_workflow_run_step'::regclass) as steps,
    pg_stat_get_xact_numscans('public.idx_run_events_gin'::regclass) as run_index,
    pg_stat_get_xact_numscans('public.idx_step_events_gin'::regclass) as step_index;
set local role workflow_app;
select is((select count(*) from public.find_event(970000062)), 1::bigint, 'control: one event');
reset role;
select ok(
    pg_stat_get_xact_numscans('public.user_workflow_run'::regclass) = s.runs
    and pg_stat_get_xact_numscans('public.user_workflow_run_step'::regclass) = s.steps,
    'find_event reads no table from end to end'
)
from scans as s;
select ok(
    pg_stat_get_xact_numscans('public.idx_run_events_gin'::regclass) > s.run_index
    and pg_stat_get_xact_numscans('public.idx_step_events_gin'::regclass) > s.step_index,
    'find_event asks both GIN indexes'
)
from scans as s;

create role reader_of_nothing nologin;
set local role reader_of_nothing;
select throws_ok(
    'select public.find_event(970000052)', '42501', null, 'not everybody may search for an event'
);
reset role;
revoke select on public.user_workflow_run_step from workflow_app;
set local role workflow_app;
select throws_ok(
    'select public.find_event(970000052)', '42501', null,
    'a role that may not select from the table gets no event of it'
);
reset role;

select * from finish();
rollback;
