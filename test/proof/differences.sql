-- differences: old tables and documents compared, row by row.

begin;

-- Here the old table takes an id of its own as it did before the cut-over.
alter sequence legacy.workflow_events_event_id_seq no maxvalue;
select plan(45);

-- A run of the data set that has everything: two steps, events and screenshots, keys,
-- endpoints.
create temporary table subject as
select t.trace_id
from legacy.workflow_trace as t
where
    (select count(*) from legacy.workflow_steps as s where s.trace_id = t.trace_id) > 1
    and exists (
        select from legacy.workflow_events as e where e.trace_id = t.trace_id and e.step_id is null
    )
    and exists (
        select from legacy.workflow_events as e
        where e.trace_id = t.trace_id and e.step_id is not null
    )
    and exists (
        select from legacy.workflow_trace_screenshot as s where s.trace_id = t.trace_id
    )
    and exists (select from legacy.workflow_trace_context as c where c.trace_id = t.trace_id)
    and exists (select from legacy.workflow_trace_endpoint as e where e.trace_id = t.trace_id)
    and not exists (select from consolidation.carried_back as b where b.trace_id = t.trace_id)
order by t.trace_id
limit 1;

create function pg_temp.tables_that_differ()
returns text []
language sql
as $$
select coalesce(array_agg(distinct d.table_name order by d.table_name), '{}')
from consolidation.differences(
    trace_ids => array[910001, (select s.trace_id from subject as s)]
) as d
$$;

select isnt(
    (select s.trace_id from subject as s), null, 'there is a run to break something in'
);
select is_empty(
    'select * from consolidation.differences()', 'after the deploy nothing differs'
);
select cmp_ok(
    (
        select
            (select count(*) from legacy.workflow_trace)
            + (select count(*) from legacy.workflow_steps)
            + (select count(*) from legacy.workflow_events)
            + (select count(*) from legacy.workflow_trace_screenshot)
            + (select count(*) from legacy.workflow_trace_context)
            + (select count(*) from legacy.workflow_trace_endpoint)
    ),
    '>', 1000::bigint,
    'the comparison had something to compare'
);

-- Every kind of damage is found, in the table it is in. Each is undone by a subtransaction.
create function pg_temp.found_after(statement text)
returns text []
language plpgsql
as $$
declare
    found text [];
    changed integer;
begin
    begin
        execute statement using (select s.trace_id from subject as s);
        get diagnostics changed = row_count;
        if changed = 0 then
            raise exception 'the statement changed nothing: %', statement;
        end if;
        found := pg_temp.tables_that_differ();
        raise exception using errcode = 'ZZ999';
    exception
        when sqlstate 'ZZ999' then
            return found;
        when others then
            return array['error ' || sqlstate];
    end;
end;
$$;
select is(
    pg_temp.found_after(d.statement), string_to_array(d.table_name, ','),
    format('%s is found', d.damage)
)
from (
    values
    -- In the documents.
    (
        'a changed column of a run', 'workflow_trace',
        'update public.user_workflow_run set status = status || ''!'' where legacy_trace_id = $1'
    ),
    (
        'a JSON null in a column', 'workflow_trace',
        'update public.user_workflow_run set error_details = ''null'' where legacy_trace_id = $1'
    ),
    (
        'a run that the old table does not have', 'workflow_trace',
        'insert into public.user_workflow_run (
            workflow_id, org_id, channel, created_by, legacy_trace_id
        )
        select workflow_id, org_id, channel, created_by, 910001
        from public.user_workflow_run where legacy_trace_id = $1'
    ),
    (
        'a changed column of a step', 'workflow_steps',
        'update public.user_workflow_run_step set retry_count = retry_count + 1
        where legacy_trace_id = $1 and step_number = 1'
    ),
    (
        'error_details of a step, which the old table cannot hold,', 'workflow_steps',
        'update public.user_workflow_run_step set error_details = ''{}''
        where legacy_trace_id = $1 and step_number = 1'
    ),
    (
        'a lost event of a run', 'workflow_events',
        'update public.user_workflow_run set events = events - 0 where legacy_trace_id = $1'
    ),
    (
        'a lost event of a step', 'workflow_events',
        'update public.user_workflow_run_step set events = events - 0
        where legacy_trace_id = $1 and events <> ''[]'''
    ),
    (
        'an event that is there twice', 'workflow_events',
        'update public.user_workflow_run set events = events || (events -> 0)
        where legacy_trace_id = $1'
    ),
    (
        'a further key of an event', 'workflow_events',
        'update public.user_workflow_run set events = jsonb_set(events, ''{0,note}'', ''1'')
        where legacy_trace_id = $1'
    ),
    (
        'a missing key of an event', 'workflow_events',
        'update public.user_workflow_run set events = events #- ''{0,type}''
        where legacy_trace_id = $1'
    ),
    (
        'a changed order of events', 'workflow_events',
        'update public.user_workflow_run_step set events = (events - 0) || (events -> 0)
        where legacy_trace_id = $1 and jsonb_array_length(events) > 1'
    ),
    (
        'a number that is equal and not the same', 'workflow_events',
        'with damaged as (
            update public.user_workflow_run set events = jsonb_set(events, ''{0,data}'', ''1.0'')
            where legacy_trace_id = $1
            returning legacy_trace_id
        )
        update legacy.workflow_events as e set event_data = ''1.00''
        from damaged as d
        where
            e.trace_id = d.legacy_trace_id and e.step_id is null
            and e.event_id = (
                select (r.events #>> ''{0,event_id}'')::bigint from public.user_workflow_run as r
                where r.legacy_trace_id = d.legacy_trace_id
            )'
    ),
    (
        'an event that is a text', 'workflow_events',
        'update public.user_workflow_run set events = events || ''"a text"''
        where legacy_trace_id = $1'
    ),
    (
        'a screenshot that is a number', 'workflow_trace_screenshot',
        'update public.user_workflow_run_step set screenshots = screenshots || ''7''
        where legacy_trace_id = $1 and screenshots <> ''[]'''
    ),
    (
        'a document that is no array', 'workflow_trace,workflow_trace_screenshot',
        'update public.user_workflow_run set screenshots = ''{}'' where legacy_trace_id = $1'
    ),
    (
        'a lost screenshot', 'workflow_trace_screenshot',
        'update public.user_workflow_run_step set screenshots = screenshots - 0
        where legacy_trace_id = $1 and screenshots <> ''[]'''
    ),
    (
        'a changed screenshot', 'workflow_trace_screenshot',
        'update public.user_workflow_run_step
        set screenshots = jsonb_set(screenshots, ''{0,url}'', ''"elsewhere"'')
        where legacy_trace_id = $1 and screenshots <> ''[]'''
    ),
    (
        'a lost key of a context', 'workflow_trace_context',
        'update public.user_workflow_run
        set context = context - (select min(k) from jsonb_object_keys(context) as k)
        where legacy_trace_id = $1'
    ),
    (
        'a further key of a context', 'workflow_trace_context',
        'update public.user_workflow_run set context = context || ''{"further": 1}''
        where legacy_trace_id = $1'
    ),
    (
        'a value that is a JSON null', 'workflow_trace_context',
        'update public.user_workflow_run
        set context = context
            || jsonb_build_object((select min(k) from jsonb_object_keys(context) as k), null)
        where legacy_trace_id = $1'
    ),
    (
        'a lost endpoint', 'workflow_trace_endpoint',
        'update public.user_workflow_run set endpoints_used = endpoints_used - 0
        where legacy_trace_id = $1'
    ),
    (
        'a further endpoint', 'workflow_trace_endpoint',
        'update public.user_workflow_run set endpoints_used = endpoints_used || ''-5''
        where legacy_trace_id = $1'
    ),
    (
        'an endpoint that is a text', 'workflow_trace_endpoint',
        'update public.user_workflow_run set endpoints_used = endpoints_used || ''["orders"]''
        where legacy_trace_id = $1'
    ),
    -- In the old tables.
    (
        'a changed old trace', 'workflow_trace',
        'update legacy.workflow_trace set tier = coalesce(tier, 0) + 1 where trace_id = $1'
    ),
    (
        'a changed old step', 'workflow_steps',
        'update legacy.workflow_steps set status = ''!'' where trace_id = $1'
    ),
    (
        'a further old event', 'workflow_events',
        'insert into legacy.workflow_events (trace_id, event_type, event_data)
        values ($1, ''a'', ''1'')'
    ),
    (
        'a microsecond', 'workflow_events',
        'update legacy.workflow_events set "timestamp" = "timestamp" + interval ''1 microsecond''
        where event_id = (
            select max(e.event_id) from legacy.workflow_events as e where e.trace_id = $1
        )'
    ),
    (
        'a lost old screenshot', 'workflow_trace_screenshot',
        'delete from legacy.workflow_trace_screenshot where screenshot_id = (
            select s.screenshot_id from legacy.workflow_trace_screenshot as s
            where s.trace_id = $1
            order by s.created_at desc, s.screenshot_id desc limit 1
        )'
    ),
    (
        'a changed old key', 'workflow_trace_context',
        'update legacy.workflow_trace_context set value = ''"changed"'' where trace_id = $1'
    ),
    (
        'a lost old endpoint', 'workflow_trace_endpoint',
        'delete from legacy.workflow_trace_endpoint where (trace_id, endpoint_id) = (
            select e.trace_id, max(e.endpoint_id) from legacy.workflow_trace_endpoint as e
            where e.trace_id = $1
            group by e.trace_id
        )'
    )
) as d (damage, table_name, statement);

-- What it says about a difference.
delete from consolidation.change;
update public.user_workflow_run set status = 'changed', tier = 77
where legacy_trace_id = (select s.trace_id from subject as s);
select results_eq(
    $$
    select
        d.table_name, d.key, d.columns, d.new_row ->> 'status', d.old_row ->> 'status' <> 'changed'
    from consolidation.differences() as d
    $$,
    $$
    select
        'workflow_trace'::text, jsonb_build_object('trace_id', s.trace_id), array['status', 'tier'],
        'changed', true
    from subject as s
    $$,
    'a difference names table, key and columns, and shows both rows'
);
select results_eq(
    $$
    select count(*)::integer
    from subject as s
    cross join lateral consolidation.differences(s.trace_id, s.trace_id) as d
    $$,
    'values (1)',
    'a range that holds the difference finds it'
);
select is_empty(
    $$
    select d.*
    from subject as s
    cross join lateral consolidation.differences(s.trace_id + 1) as d
    union all
    select d.*
    from subject as s
    cross join lateral consolidation.differences(null, s.trace_id - 1) as d
    $$,
    'ranges beside the difference do not'
);
select is_empty(
    'select from consolidation.differences(skip_pending => true)',
    'a run that waits in the queue can be left out'
);
select is(
    (select c.carried from consolidation.carry_changes(1000, -9223372036854775808) as c), 1,
    'the change is carried back'
);
select is_empty(
    'select from consolidation.differences()', 'after it was carried back nothing differs again'
);

-- A comparison that would prove nothing -----------------------------------------------------------

insert into consolidation.change (trace_id) select t.trace_id from legacy.workflow_trace as t;
select throws_ok(
    'select from consolidation.differences(skip_pending => true)', '55000', null,
    'a comparison that leaves everything out is refused'
);
insert into consolidation.change (trace_id) values (null);
select throws_ok(
    'select from consolidation.differences(skip_pending => true)', '55000', null,
    'after a truncate everything is pending'
);
delete from consolidation.change;

create role auditor;
grant usage on schema consolidation, legacy to auditor;
grant select on all tables in schema consolidation, legacy, public to auditor;
grant execute on all functions in schema consolidation to auditor;
set local role auditor;
select throws_ok(
    'select from consolidation.differences()', '42501', null,
    'a comparison from which row level security would hide documents is refused'
);
reset role;
grant workflow_maintenance to auditor;
set local role auditor;
select is_empty(
    'select from consolidation.differences()', 'control: a member of workflow_maintenance compares'
);
reset role;
alter table legacy.workflow_events enable row level security;
set local role auditor;
select throws_ok(
    'select from consolidation.differences()', '42501', null,
    'a comparison from which row level security would hide old rows is refused'
);
reset role;
alter table legacy.workflow_events disable row level security;

analyze legacy.workflow_trace;
delete from legacy.workflow_trace;
select throws_ok(
    'select from consolidation.differences()', '55000', null,
    'a comparison of nothing is refused when the table is not known to be empty'
);

select * from finish();
rollback;
