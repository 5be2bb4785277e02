-- Row by row: what an old table refuses holds up no other row, and takes nothing with it.

begin;
select plan(6);

-- Hospital North (1…) with a run whose event is given twice.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, endpoints_used, events
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '[7, 8]',
    '[
        {"type": "a", "timestamp": "2025-01-14T10:30:00Z", "event_id": 910901},
        {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "event_id": 910902},
        {"type": "b", "timestamp": "2025-01-14T10:30:00Z", "event_id": 910902}
    ]'
);
select consolidation.put_in_traces(array[910001]);
select lives_ok(
    'select consolidation.put_in_events_singly(910001)', 'a repeated element is no obstacle'
);
select bag_eq(
    'select e.event_id from legacy.workflow_events as e where e.trace_id = 910001',
    'values (910901::bigint), (910902)', 'each id is there'
);
select results_eq(
    $$
    select a.table_name, a.content ->> 'event_id', a.error_code
    from consolidation.set_aside as a
    $$,
    $$ values ('workflow_events', '910902', '23505') $$,
    'the second one is set aside'
);
create temporary table written as
select e.event_id, e.ctid::text || e.xmin as version from legacy.workflow_events as e
where e.trace_id = 910001;
update public.user_workflow_run set events = jsonb_set(events - 2, '{0,type}', '"c"') - 3
where legacy_trace_id = 910001;
select consolidation.put_in_events_singly(910001);
select results_eq(
    $$
    select e.event_id, e.ctid::text || e.xmin = w.version
    from legacy.workflow_events as e
    inner join written as w using (event_id)
    order by e.event_id
    $$,
    'values (910901::bigint, false), (910902, true)',
    'only what differs is written'
);
do $$
begin
    alter table legacy.workflow_trace_endpoint
    add constraint not_8 check (endpoint_id <> 8) not valid;
end
$$;
select consolidation.put_in_endpoints_singly(910001);
select bag_eq(
    'select e.endpoint_id from legacy.workflow_trace_endpoint as e where e.trace_id = 910001',
    'values (7::bigint)', 'one endpoint is refused, the other is there'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.put_in_events_singly(910001)', '42501', null,
    'applications cannot put in'
);
reset role;

select * from finish();
rollback;
