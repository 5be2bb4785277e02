-- What differs in given runs, row by row and column by column.

begin;
select plan(23);

-- Hospital North (1…) with a run that has everything, in both worlds; and a second one.
insert into legacy.workflow_trace (
    trace_id, org_id, workflow_id, channel, created_by, external_id, status, action_detail
)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001', 'CLAIM-1', 'active', '{"n": 1.10}'
from generate_series(910001, 910002) as n;
insert into legacy.workflow_steps (
    step_id, trace_id, step_number, node_id, retry_count, status, input_data
)
values
(910101, 910001, 1, '11111111-0000-4000-8000-00000000e001', 0, 'done', '{"n": 1.10}'),
(910102, 910001, 2, '11111111-0000-4000-8000-00000000e002', 0, 'done', null);
insert into legacy.workflow_events (
    event_id, trace_id, step_id, event_type, event_data, "timestamp"
)
values
(910901, 910001, null, 'a', '1.10', '2025-01-14 10:30:00+00'),
(910902, 910001, null, 'b', 'null', '2025-01-14 10:30:01+00'),
(910903, 910001, 910101, 'c', '{"n": 1.10}', '2025-01-14 10:30:02+00');
insert into legacy.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    confidence_score, created_at, node_id
)
select
    ('11111111-0000-4000-8000-00000000500' || s.n)::uuid, 910001,
    '11111111-0000-4000-8000-000000000000', 'a', s.step_index, s.url, 'a', 0.50,
    '2025-01-14 10:30:00+00', '11111111-0000-4000-8000-00000000e001'
from (values (1, 1, 'u1'), (2, 1, 'u2'), (3, 9, 'u3')) as s (n, step_index, url);
insert into legacy.workflow_trace_context (context_id, trace_id, key, value, created_at, updated_at)
values
(910501, 910001, 'k', '1.10', '2025-01-14 10:30:00+00', null),
(910502, 910001, 'l', 'null', '2025-01-14 10:30:00+00', '2025-01-14 10:30:01+00');
insert into legacy.workflow_trace_endpoint values (910001, 7), (910001, 8);
select consolidation.consolidate(array[910001, 910002]);

select is_empty(
    'select from consolidation.differences_of(array[910001, 910002])',
    'what was carried over does not differ'
);
select is_empty(
    $$ select from consolidation.differences_of('{}') $$, 'in no run nothing differs'
);
create function pg_temp.differences_after(statement text)
returns text
language plpgsql
as $$
declare
    result text;
begin
    begin
        execute statement;
        select
            string_agg(
                format(
                    '%s %s %s%s', d.table_name, d.key, d.columns,
                    case
                        when d.old_row is null then ' (no old row)'
                        when d.new_row is null then ' (no new row)'
                    end
                ),
                '; '
            )
        into result
        from consolidation.differences_of(array[910001, 910002]) as d;
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return result;
    end;
end;
$$;
select is(pg_temp.differences_after(d.statement), d.expected, format('%s is told', d.what))
from (
    values
    (
        'which columns differ', 'workflow_trace {"trace_id": 910001} {status,tier}',
        'update public.user_workflow_run set status = ''x'', tier = 7
        where legacy_trace_id = 910001'
    ),
    (
        'a row that only the old table has',
        'workflow_events {"event_id": 910901} '
        '{(arrangement),event_data,event_id,event_type,timestamp,trace_id} (no new row)',
        $$ update public.user_workflow_run
        set events = jsonb_build_array(events -> 1) where legacy_trace_id = 910001;
        update legacy.workflow_events set "timestamp" = '2025-01-14 10:30:09+00'
        where event_id = 910901;
        update public.user_workflow_run
        set events = events where legacy_trace_id = 910001 $$
    ),
    (
        'a row that only the document has',
        'workflow_trace_endpoint {"trace_id": 910001, "endpoint_id": 9} '
        '{(arrangement),endpoint_id,trace_id} (no old row)',
        'update public.user_workflow_run set endpoints_used = endpoints_used || ''9''
        where legacy_trace_id = 910001'
    ),
    (
        'an arrangement', 'workflow_events {"event_id": 910901} {(arrangement)}; '
        'workflow_events {"event_id": 910902} {(arrangement)}',
        'update public.user_workflow_run
        set events = jsonb_build_array(events -> 1, events -> 0) where legacy_trace_id = 910001'
    ),
    (
        'a number that is written in another way',
        'workflow_steps {"step_id": 910101} {input_data}',
        'update public.user_workflow_run_step set input_data = ''{"n": 1.1}''
        where legacy_step_id = 910101'
    ),
    (
        'a JSON null that is no value', 'workflow_events {"event_id": 910902} {event_data}',
        'update legacy.workflow_events set event_data = ''1'' where event_id = 910902'
    )
) as d (what, expected, statement);
select results_eq(
    $$
    select
        d.table_name
    from consolidation.differences_of(array[910002]) as d
    $$,
    'select null::text where false',
    'each difference was undone'
);

-- present and arrangement -------------------------------------------------------------------------

select is(
    consolidation.present('{"a": null, "b": 1, "c": null}', '{c}', array['null'::jsonb]),
    '{"b": 1, "c": null}'::jsonb,
    'a column without a value is left out, a JSON null is not'
);
select is(
    consolidation.present('{"b": 1, "c": null}', '{c}', array[null::jsonb]), '{"b": 1}'::jsonb,
    'a document column without a value is left out, too'
);
select is(consolidation.arrangement(true, true, 2, 1), 'as built at 2 on step 1', 'an arrangement');
select is(consolidation.arrangement(true, false), 'changed', '… of what has no place');
select is(
    consolidation.arrangement(false, false, 2, 1), null, '… does not matter where users wrote'
);

-- Rows that were set aside ------------------------------------------------------------------------

insert into consolidation.carried_back values (910001), (910002);
update public.user_workflow_run
set events = events || '{"type": "bad", "timestamp": "2025-01-14T10:30:09Z", "event_id": 910909}'
where legacy_trace_id = 910001;
select is(
    (select count(*)::integer from consolidation.differences_of(array[910001])), 1,
    'control: a row that the old table does not have is a difference'
);
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
select 'workflow_events', b.trace_id, to_jsonb(b), '23514', 'no'
from consolidation.back_event as b
where b.event_id = 910909;
select is_empty(
    'select from consolidation.differences_of(array[910001])',
    'a row that the old table refused is none'
);
update public.user_workflow_run
set events = jsonb_set(events, '{2,data}', '2')
where legacy_trace_id = 910001;
select is(
    (select count(*)::integer from consolidation.differences_of(array[910001])), 1,
    'but another one with its key is'
);
delete from legacy.workflow_events where event_id = 910901;
select is(
    (select count(*)::integer from consolidation.differences_of(array[910001])), 2,
    'and a row that is missing is, whatever was refused'
);
delete from legacy.workflow_trace where trace_id = 910001;
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
values ('workflow_trace', 910001, '{"trace_id": 910001}', '23514', 'no');
select is_empty(
    'select from consolidation.differences_of(array[910001])',
    'of a run whose own row was refused nothing is expected in the old tables'
);
select ok(
    consolidation.is_set_aside('{"event_id": 1}', '{"event_id": 1, "trace_id": 910001}'),
    'all its rows are set aside with it'
);
select ok(
    not consolidation.is_set_aside('{"event_id": 1}', '{"event_id": 1, "trace_id": 910002}'),
    'those of others are not'
);
update consolidation.set_aside set trace_id = 910002 where table_name = 'workflow_trace';
select isnt_empty(
    'select from consolidation.differences_of(array[910001])',
    'control: without that they are differences'
);
set local role workflow_app;
select throws_ok(
    $$ select from consolidation.differences_of('{}') $$, '42501', null,
    'applications cannot compare'
);
reset role;

select * from finish();
rollback;
