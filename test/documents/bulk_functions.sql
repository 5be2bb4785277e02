-- Many events at once: remove_events, change_events.

begin;

insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, events
)
select
    format('%s-0000-4000-8000-00000000a001', o.org)::uuid,
    '11111111-0000-4000-8000-00000000c001',
    format('%s-0000-4000-8000-000000000000', o.org)::uuid,
    'web',
    '11111111-0000-4000-8000-00000000d001',
    '[
        {"type": "called", "timestamp": "2025-01-14T10:30:00Z", "data": {"kept": 1}},
        {"type": "called", "timestamp": "2025-03-14T10:30:00Z", "data": {}}
    ]'
from (values ('11111111'), ('22222222')) as o (org);
insert into public.user_workflow_run_step (step_id, run_id, node_id, step_number, events)
select
    format('%s-0000-4000-8000-00000000b00%s', o.org, s.step_number)::uuid,
    format('%s-0000-4000-8000-00000000a001', o.org)::uuid,
    '11111111-0000-4000-8000-00000000e001',
    s.step_number,
    s.events
from (values ('11111111'), ('22222222')) as o (org)
cross join (
    values
    (
        1,
        '[
            {"type": "z", "timestamp": "2025-02-01T00:00:00Z"},
            {"type": "micro", "timestamp": "2025-01-31T23:59:59.999999Z"},
            {"type": "east", "timestamp": "2025-02-01T09:00:00+14:00"},
            {"type": "west", "timestamp": "2025-01-31T18:00:00-07:00"},
            {"type": "small", "timestamp": "2025-01-31t23:00:00z"},
            {"type": "large", "timestamp": "2025-02-01t01:00:00z"},
            {"type": "no zone", "timestamp": "2025-01-31 23:00:00"},
            {"type": "no day", "timestamp": "2025-01-32T00:00:00Z"},
            {"type": "no time"},
            {"type": "a number", "timestamp": 20240101},
            "no object",
            {"type": "before Christ", "timestamp": "0044-03-15T12:00:00Z BC"},
            {"type": "far", "timestamp": "12025-01-01T00:00:00Z"},
            {"type": "first", "timestamp": "-infinity"},
            {"type": "last", "timestamp": "infinity"}
        ]'::jsonb
    ),
    (2, '[{"type": "z", "timestamp": "2025-01-01T00:00:00Z"}]'),
    (3, '[]'),
    (4, 'null'),
    (5, null)
) as s (step_number, events);
create temporary table left_over as
select
    s.step_number,
    array_agg(x.element order by x.place) as elements
from public.user_workflow_run_step as s
cross join lateral jsonb_array_elements(s.events) with ordinality as x (element, place)
where
    s.run_id = '11111111-0000-4000-8000-00000000a001'
    and jsonb_typeof(s.events) = 'array'
    and (x.element ->> 'type') is distinct from 'before Christ'
    and coalesce(public.from_iso8601(x.element ->> 'timestamp') >= '2025-02-01Z', true)
group by s.step_number;
grant select on left_over to workflow_app;
create temporary table untouched as
select
    s.step_id,
    s.events
from public.user_workflow_run_step as s
where s.org_id = '22222222-0000-4000-8000-000000000000';
grant select on untouched to workflow_app;

select plan(24);

select has_function(
    'public', 'remove_events', array['timestamptz', 'jsonb']::name [],
    'there is remove_events(timestamptz, jsonb)'
);
select has_function(
    'public', 'change_events', array['jsonb', 'jsonb', 'timestamptz']::name [],
    'there is change_events(jsonb, jsonb, timestamptz)'
);

-- Of one organisation ----------------------------------------------------------------------------

set local role workflow_app;
select is(public.remove_events('infinity'), 0::bigint, 'no organisation, no event');
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
set local timezone = 'Asia/Kolkata';
select is(
    public.change_events('{"type": "corrected", "by": "desk"}', '{"data": {"kept": 1}}'), 1::bigint,
    'what contains the object is changed'
);
select is(
    r.events -> 0,
    '{"type": "corrected", "timestamp": "2025-01-14T10:30:00Z", "data": {"kept": 1}, "by": "desk"}',
    'the keys given are set, the others stay'
)
from public.user_workflow_run as r;
select is(r.events #>> '{1,type}', 'called', 'so do the other events')
from public.user_workflow_run as r;
select is(
    public.change_events(
        '{"timestamp": "2025-01-14T12:00:00+02:00"}', '{"by": "desk"}', '2025-02-01Z'
    ),
    1::bigint, 'the time can change as well'
);
select is(r.events #>> '{0,timestamp}', '2025-01-14T10:00:00Z', 'it is stored in UTC')
from public.user_workflow_run as r;
select is(
    public.remove_events('2025-02-01Z'), 8::bigint, 'what is older is removed, to the microsecond'
);
select results_eq(
    $$
    select
        s.step_number,
        array_agg(x.element order by x.place)
    from public.user_workflow_run_step as s
    cross join lateral jsonb_array_elements(s.events) with ordinality as x (element, place)
    where jsonb_typeof(s.events) = 'array'
    group by s.step_number
    order by s.step_number
    $$,
    $$ select l.step_number, l.elements from left_over as l order by l.step_number $$,
    'as the old name would: whatever the form of the time, and nothing that has none'
);
select is(s.events, '[]', 'a step without its events has an empty array')
from public.user_workflow_run_step as s
where s.step_number = 2;
select is(s.events, 'null', 'what is no array stays') from public.user_workflow_run_step as s
where s.step_number = 4;
select is(jsonb_array_length(r.events), 1, 'events of no step are removed as well')
from public.user_workflow_run as r;
select is(public.remove_events(matching => '{"type": "no time"}'), 1::bigint, 'by what they say');
select is(
    public.remove_events('13000-01-01Z', '{"type": "far"}'), 1::bigint,
    'by both, in a year of five digits'
);
reset role;
select results_eq(
    $$
    select s.step_id, s.events from public.user_workflow_run_step as s
    where s.org_id = '22222222-0000-4000-8000-000000000000' order by s.step_id
    $$,
    $$ select u.step_id, u.events from untouched as u order by u.step_id $$,
    'nothing of another organisation is touched'
);
set local role workflow_app;

-- Refused ----------------------------------------------------------------------------------------

select throws_ok(
    'select public.remove_events()', '22023', null, 'all of them are not removed by mistake'
);
select throws_ok(
    'select public.remove_events(''2025-01-01'', ''[]'')', '22023', null,
    'an event cannot contain an array'
);
select throws_ok(
    format('select public.change_events(%L, ''{}'')', c.change), '22023', null,
    format('no event can become %s', c.change)
)
from (values ('[]'), ('{"event_id": 5}'), ('{"type": ""}'), ('{"timestamp": "noon"}'))
as c (change);
reset role;

-- As fast as it has to be ------------------------------------------------------------------------

create temporary table took (seconds double precision, what text);
do $$
declare
    began timestamptz;
begin
    for i in 1..2 loop
        insert into public.workflow_events (trace_id, step_id, event_type, event_data, "timestamp")
        select s.trace_id, s.step_id, 'bulk', '{}', '1999-01-01'
        from (
            select t.trace_id, t.step_id from public.workflow_steps as t
            order by t.step_id limit 10
        ) as s
        cross join generate_series(1, 20);
        began := clock_timestamp();
        if i = 1 then
            delete from public.workflow_events where event_type = 'bulk';
        else
            perform public.remove_events('2000-01-01', '{"type": "bulk"}');
        end if;
        insert into took (what, seconds)
        select case i when 1 then 'one by one' else 'at once' end,
            extract(epoch from clock_timestamp() - began);
    end loop;
end
$$;
select cmp_ok(
    (select t.seconds from took as t where t.what = 'at once'), '<',
    (select t.seconds / 5 from took as t where t.what = 'one by one'),
    '200 events of 10 steps take less than a fifth of the time of the old name'
);
select is(
    (select count(*) from public.workflow_events as e where e.event_type = 'bulk'), 0::bigint,
    'neither leaves one'
);

select * from finish();
rollback;
