-- What the deploy has carried over: as many documents as there were rows, and every row in one of
-- them.

begin;
select plan(10);

select results_eq(
    'select count(*) from public.user_workflow_run',
    'select count(*) from legacy.workflow_trace',
    'there are as many runs as there were traces'
);
select results_eq(
    'select count(*) from public.user_workflow_run_step',
    'select count(*) from legacy.workflow_steps',
    'there are as many steps as there were'
);
select results_eq(
    $$
    select
        (
            select sum(jsonb_array_length(r.events)) from public.user_workflow_run as r
        ) + (
            select sum(jsonb_array_length(s.events)) from public.user_workflow_run_step as s
        )
    $$,
    'select count(*) from legacy.workflow_events',
    'there are as many elements of events as there were events'
);
select results_eq(
    $$
    select
        (
            select sum(jsonb_array_length(r.screenshots)) from public.user_workflow_run as r
        ) + (
            select sum(jsonb_array_length(s.screenshots)) from public.user_workflow_run_step as s
        )
    $$,
    'select count(*) from legacy.workflow_trace_screenshot',
    'there are as many elements of screenshots as there were screenshots'
);
select results_eq(
    $$
    select count(*)
    from public.user_workflow_run as r
    cross join lateral jsonb_object_keys(r.context) as k
    $$,
    'select count(*) from legacy.workflow_trace_context',
    'there are as many keys of contexts as there were'
);
select results_eq(
    'select sum(jsonb_array_length(r.endpoints_used)) from public.user_workflow_run as r',
    'select count(*) from legacy.workflow_trace_endpoint',
    'there are as many elements of endpoints_used as there were endpoints'
);
select is_empty(
    $$
    select from public.user_workflow_run as r
    where
        jsonb_typeof(r.context) is distinct from 'object'
        or jsonb_typeof(r.endpoints_used) is distinct from 'array'
        or jsonb_typeof(r.events) is distinct from 'array'
        or jsonb_typeof(r.screenshots) is distinct from 'array'
    union all
    select from public.user_workflow_run_step as s
    where
        jsonb_typeof(s.events) is distinct from 'array'
        or jsonb_typeof(s.screenshots) is distinct from 'array'
    $$,
    'every carried-over document is of the kind it should be'
);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    inner join public.user_workflow_run as r on r.run_id = s.run_id
    where s.org_id <> r.org_id or s.legacy_trace_id <> r.legacy_trace_id
    $$,
    'every step has organisation and trace_id of its run'
);
select is_empty(
    $$
    select from public.user_workflow_run_step as s
    cross join lateral jsonb_array_elements(s.events) as x (element)
    where
        not x.element ?& array['type', 'timestamp', 'data', 'event_id']
        or not public.from_iso8601(x.element ->> 'timestamp') is not null
    $$,
    'every carried-over event has the keys of the contract and a timestamp'
);
select is_empty(
    'select from consolidation.chunk as c where c.finished_at is null',
    'no range of the backfill is open'
);

select * from finish();
rollback;
