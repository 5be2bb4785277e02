-- get_run: a run with all its steps, as one JSON object.

begin;

insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, context, started_at, events
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    '{"ratio": 0.1234567890123456789012}', '2025-01-14 10:30:00.5Z', '[{"type": "started"}]'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    null, null, null
);
insert into public.user_workflow_run_step (step_id, run_id, node_id, step_number, events)
values
(
    '11111111-0000-4000-8000-00000000b002', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 2, '[{"type": "second"}]'
),
(
    '11111111-0000-4000-8000-00000000b001', '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, '[{"type": "first"}]'
);

select plan(13);

select has_function('public', 'get_run', array['uuid']::name [], 'there is get_run(uuid)');
select function_returns('public', 'get_run', array['uuid']::name [], 'json', 'it returns JSON');

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
set local timezone = 'Asia/Kolkata';
create temporary table got as
select public.get_run('11111111-0000-4000-8000-00000000a001') as run;
reset role;
reset timezone;
select is(
    (
        select array_agg(k.key order by k.key)
        from got as g
        cross join json_object_keys(g.run) as k (key)
    ),
    (
        select array_agg(c.name order by c.name)
        from (
            select a.attname::text as name
            from pg_attribute as a
            where
                a.attrelid = 'public.user_workflow_run'::regclass
                and a.attnum > 0
                and not a.attisdropped
                and a.attname !~ '^legacy'
            union all
            select 'steps'
        ) as c
    ),
    'the run has all columns but those of the old names, and its steps'
);
select is(
    (
        select array_agg(k.key order by k.key)
        from got as g
        cross join json_object_keys(g.run #> '{steps,0}') as k (key)
    ),
    (
        select array_agg(a.attname::text order by a.attname::text)
        from pg_attribute as a
        where
            a.attrelid = 'public.user_workflow_run_step'::regclass
            and a.attnum > 0
            and not a.attisdropped
            and a.attname !~ '^legacy'
            -- As in the run around it.
            and a.attname not in ('run_id', 'org_id')
    ),
    'a step has all columns but those of the old names and those of its run'
);
select is(
    (select g.run #>> '{steps,0,events,0,type}' from got as g), 'first',
    'the steps come in their order'
);
select is(
    (select g.run #>> '{steps,1,events,0,type}' from got as g), 'second', '… all of them'
);
select is(
    (select g.run #>> '{events,0,type}' from got as g), 'started',
    'events of no step are the run''s'
);
select is(
    (select g.run ->> 'started_at' from got as g), '2025-01-14T10:30:00.5+00:00',
    'times are in UTC, whatever zone the session has'
);
select is(
    (select g.run #>> '{context,ratio}' from got as g), '0.1234567890123456789012',
    'numbers keep their digits'
);

set local role workflow_app;
select is(
    public.get_run('11111111-0000-4000-8000-00000000a002') #>> '{steps}', '[]',
    'a run without steps has none'
);
select is(
    public.get_run('99999999-0000-4000-8000-00000000a001')::text, null, 'no run, no JSON'
);
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    public.get_run('11111111-0000-4000-8000-00000000a001')::text, null,
    'another organisation does not see the run'
);
reset role;
create role reader_of_nothing nologin;
set local role reader_of_nothing;
select throws_ok(
    'select public.get_run(''11111111-0000-4000-8000-00000000a001'')', '42501', null,
    'not everybody may ask for a run'
);
reset role;

select * from finish();
rollback;
