-- Capture: every write notes the run it touched. After the cut-over that is a write to the
-- documents, whichever name it goes through.

begin;

-- Here the old table takes an id of its own as it did before the cut-over.
alter sequence legacy.workflow_events_event_id_seq no maxvalue;
select plan(56);

-- Hospital North (1…) with two runs.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002
);
insert into public.user_workflow_run_step (run_id, node_id, step_number, legacy_step_id)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000e001', 1, 910101
);

select is(
    (
        select count(*)::integer from pg_trigger as g
        where
            g.tgrelid = t.relation and g.tgfoid = 'consolidation.capture_new()'::regprocedure
            and g.tgenabled = 'A'
    ),
    4,
    format(
        'inserts, updates, deletes and truncates of %s are captured, whatever the replication role',
        t.relation
    )
)
from unnest(
    array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass []
) as t (relation);
select is(
    (
        select count(*)::integer from pg_trigger as g
        where
            g.tgrelid = o.relation and g.tgfoid = 'consolidation.capture_old()'::regprocedure
            and g.tgenabled = 'A'
    ),
    4,
    format('after the cut-over a write to %s is still noticed', o.relation)
)
from unnest(
    array[
        'legacy.workflow_trace', 'legacy.workflow_steps', 'legacy.workflow_events',
        'legacy.workflow_trace_screenshot', 'legacy.workflow_trace_context',
        'legacy.workflow_trace_endpoint'
    ]::regclass []
) as o (relation);
select is_empty(
    $$
    select from pg_trigger as g
    where g.tgname ~ '^capture_' and g.tgtype & 1 = 1
    $$,
    'capture fires once a statement, not once a row'
);

create function pg_temp.noted_by(statement text)
returns bigint []
language plpgsql
as $$
declare
    noted bigint [];
begin
    delete from consolidation.change;
    set local role workflow_app;
    perform set_config('app.current_org_id', '11111111-0000-4000-8000-000000000000', true);
    execute statement;
    reset role;
    select array_agg(distinct c.trace_id order by c.trace_id) into noted
    from consolidation.change as c;
    return noted;
end;
$$;

-- As an application, which has no right on the queue.
select is(pg_temp.noted_by(c.statement), c.expected::bigint [], format('%s is noted', c.what))
from (
    values
    (
        'an update of a run', '{910001}',
        $$ update public.user_workflow_run set status = 'a' where legacy_trace_id = 910001 $$
    ),
    (
        'an update of several runs', '{910001,910002}',
        $$ update public.user_workflow_run set status = 'b'
        where legacy_trace_id in (910001, 910002) $$
    ),
    (
        'an insert of a run', '{910003}',
        $$
        insert into public.user_workflow_run (
            workflow_id, org_id, channel, created_by, legacy_trace_id
        )
        values (
            gen_random_uuid(), '11111111-0000-4000-8000-000000000000', 'web', gen_random_uuid(),
            910003
        )
        $$
    ),
    (
        'a delete of a run', '{910003}',
        'delete from public.user_workflow_run where legacy_trace_id = 910003'
    ),
    (
        'an insert of a step', '{910002}',
        $$
        insert into public.user_workflow_run_step (run_id, node_id, step_number)
        values ('11111111-0000-4000-8000-00000000a002', gen_random_uuid(), 1)
        $$
    ),
    (
        'an update of a step', '{910001}',
        'update public.user_workflow_run_step set retry_count = 1 where legacy_step_id = 910101'
    ),
    (
        'a step that moves to another run, for both,', '{910001,910002}',
        $$
        update public.user_workflow_run_step
        set run_id = '11111111-0000-4000-8000-00000000a002', step_number = 2
        where legacy_step_id = 910101
        $$
    ),
    (
        'a delete of a step', '{910002}',
        'delete from public.user_workflow_run_step where legacy_step_id = 910101'
    ),
    (
        'add_context', '{910001}',
        $$ select public.add_context('11111111-0000-4000-8000-00000000a001', 'a', '1') $$
    ),
    (
        'an update through workflow_trace', '{910001}',
        $$ update public.workflow_trace set status = 'c' where trace_id = 910001 $$
    ),
    (
        'an insert into workflow_steps', '{910001}',
        $$
        insert into public.workflow_steps (step_id, trace_id, step_number, node_id)
        values (910102, 910001, 2, gen_random_uuid())
        $$
    ),
    (
        'an insert into workflow_events', '{910001}',
        $$
        insert into public.workflow_events (trace_id, step_id, event_type, event_data)
        values (910001, 910102, 'a', '1'), (910001, null, 'a', '1')
        $$
    ),
    (
        'a delete from workflow_events', '{910001}',
        'delete from public.workflow_events where step_id = 910102'
    ),
    (
        'an insert into workflow_trace_screenshot', '{910002}',
        $$
        insert into public.workflow_trace_screenshot (
            trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
        )
        values (
            910002, '11111111-0000-4000-8000-000000000000', 'a', 1, 'a', 'a', gen_random_uuid()
        )
        $$
    ),
    (
        'an insert into workflow_trace_context', '{910002}',
        $$ insert into public.workflow_trace_context (trace_id, key, value)
        values (910002, 'a', '1') $$
    ),
    (
        'an insert into workflow_trace_endpoint', '{910001,910002}',
        'insert into public.workflow_trace_endpoint values (910001, 1), (910002, 1)'
    ),
    (
        'an update that finds no row, that is, nothing', null,
        'update public.workflow_trace set status = status where trace_id = -77'
    ),
    (
        'a read, that is, nothing', null,
        'select * from public.workflow_events'
    )
) as c (what, expected, statement);

set local role workflow_app;
select throws_ok(
    'select from consolidation.change', '42501', null, 'applications cannot read the queue'
);
select throws_ok(
    'insert into consolidation.change (trace_id) values (1)', '42501', null,
    'applications cannot write into the queue'
);
reset role;

-- The other side of the queue: the triggers that watch the old tables before the cut-over.
select lives_ok(
    $$
    select
        consolidation.stop_capture('legacy.workflow_trace'),
        consolidation.start_capture('legacy.workflow_trace', 'consolidation.capture_old')
    $$,
    'an old table can be watched'
);
delete from consolidation.change;
insert into legacy.workflow_trace (trace_id, org_id)
select n, '11111111-0000-4000-8000-000000000000' from generate_series(910501, 910503) as n;
update legacy.workflow_trace set trace_id = 910504 where trace_id = 910503;
delete from legacy.workflow_trace where trace_id = 910502;
select bag_eq(
    'select c.trace_id from consolidation.change as c',
    $$
    values (910501::bigint), (910502), (910503), (910503), (910504), (910502)
    $$,
    'inserts, updates (both ids) and deletes of an old table are noted'
);
delete from consolidation.change;
set local client_min_messages = warning;
truncate legacy.workflow_trace cascade;
reset client_min_messages;
select results_eq(
    'select distinct c.trace_id from consolidation.change as c',
    'values (null::bigint)',
    'a truncate is noted as "everything"'
);
select lives_ok(
    $$ select consolidation.stop_capture('legacy.workflow_trace') $$,
    'an old table can be left alone again'
);
delete from consolidation.change;
insert into legacy.workflow_trace (trace_id, org_id)
values (910601, '11111111-0000-4000-8000-000000000000');
select is_empty('select from consolidation.change', 'a table left alone notes nothing');

-- Whatever the session is set to ------------------------------------------------------------------

delete from consolidation.change;
set local session_replication_role = replica;
update public.user_workflow_run set status = 'r' where legacy_trace_id = 910001;
-- Such a session fills in by itself what triggers of the documents would.
insert into public.user_workflow_run_step (
    run_id, org_id, node_id, step_number, legacy_trace_id
)
values (
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-000000000000',
    gen_random_uuid(), 7, 910002
);
delete from public.user_workflow_run_step where step_number = 7 and legacy_trace_id = 910002;
reset session_replication_role;
select bag_eq(
    'select c.trace_id from consolidation.change as c',
    'values (910001::bigint), (910002), (910002)',
    'what a loader or logical replication writes is noted as well'
);
select lives_ok(
    $$
    select
        consolidation.stop_capture('legacy.workflow_events'),
        consolidation.start_capture('legacy.workflow_events', 'consolidation.capture_old')
    $$,
    'another old table can be watched'
);
select is(
    (
        select array_agg(distinct g.tgenabled::text) from pg_trigger as g
        where g.tgrelid = 'legacy.workflow_events'::regclass and g.tgname ~ '^capture_'
    ),
    '{A}'::text [],
    'its triggers fire always'
);
insert into legacy.workflow_trace (trace_id, org_id)
values (910701, '11111111-0000-4000-8000-000000000000');
delete from consolidation.change;
set local session_replication_role = replica;
insert into legacy.workflow_events (event_id, trace_id, event_type, event_data)
values (910702, 910701, 'a', '1');
reset session_replication_role;
select results_eq(
    'select c.trace_id from consolidation.change as c', 'values (910701::bigint)',
    'a loader that writes to an old table is noted'
);

-- lastval() is the application's ------------------------------------------------------------------

create sequence pg_temp.of_the_application start 77;
-- In a function: pgTAP counts with a sequence, too.
create function pg_temp.lastval_after(statement text)
returns bigint
language plpgsql
as $$
begin
    perform setval('pg_temp.of_the_application', 77, false);
    perform nextval('pg_temp.of_the_application');
    execute statement;
    return lastval();
end;
$$;
select is(pg_temp.lastval_after(s.statement), 77::bigint, format('%s takes no number', s.what))
from (
    values
    ('a read', 'select'),
    (
        'an insert into an old table',
        $$ insert into legacy.workflow_events (event_id, trace_id, event_type, event_data)
        values (910703, 910701, 'a', '1') $$
    ),
    (
        'an update of an old table',
        'update legacy.workflow_events set event_type = ''b'' where event_id = 910703'
    ),
    (
        'a delete from an old table',
        'delete from legacy.workflow_events where event_id = 910703'
    ),
    (
        'a write to the documents',
        'update public.user_workflow_run set status = ''l'' where legacy_trace_id = 910001'
    )
) as s (what, statement);
create temporary table last_value as
select
    pg_temp.lastval_after(
        $$ insert into legacy.workflow_events (trace_id, event_type, event_data)
        values (910701, 'identity', '1') $$
    ) as id;
select is(
    (select e.event_id from legacy.workflow_events as e where e.event_type = 'identity'),
    (select l.id from last_value as l),
    'after an insert into an old table lastval() is the id of the row'
);
select is(
    (
        select e.event_id = lastval()
        from public.workflow_events as e
        where e.trace_id = 910002 and e.event_type = 'last'
    ),
    null,
    'control: there is no such event yet'
);
insert into public.workflow_events (trace_id, event_type, event_data) values (910002, 'last', '1');
select is(
    (
        select e.event_id from public.workflow_events as e
        where e.trace_id = 910002 and e.event_type = 'last'
    ),
    lastval(),
    'after an insert into an old name lastval() is the id of the row'
);
insert into public.workflow_trace (org_id, workflow_id, channel, created_by, external_id)
values (
    '11111111-0000-4000-8000-000000000000', gen_random_uuid(), 'web', gen_random_uuid(), 'LAST'
);
select is(
    (select t.trace_id from public.workflow_trace as t where t.external_id = 'LAST'), lastval(),
    '… and so it is after an insert of a run'
);
select is_empty(
    $$
    select from pg_depend as d
    inner join pg_class as s on s.oid = d.objid and s.relkind = 'S'
    where d.refobjid = 'consolidation.change'::regclass
    $$,
    'the queue has no sequence'
);

-- What carrying back writes is not noted ---------------------------------------------------------

select consolidation.start_capture('legacy.workflow_trace', 'consolidation.capture_old');
update public.user_workflow_run set status = 'carried' where legacy_trace_id = 910001;
delete from consolidation.change;
select lives_ok(
    'select consolidation.carry_back(array[910001])', 'a run can be carried back'
);
select is_empty(
    'select from consolidation.change', 'what that writes to the old tables is not noted'
);
select is(
    (select t.status from legacy.workflow_trace as t where t.trace_id = 910001), 'carried',
    'control: it was written'
);
update legacy.workflow_trace set status = 'by hand' where trace_id = 910001;
select results_eq(
    'select c.trace_id from consolidation.change as c', 'values (910001::bigint)',
    'any other write there is'
);

-- Whether capture was interrupted -----------------------------------------------------------------

create temporary table capture as select consolidation.capture_state() as before;
select is(
    consolidation.capture_state(), (select c.before from capture as c),
    'control: asked twice, the state of capture is the same'
);
alter table public.user_workflow_run disable trigger capture_update;
select isnt(
    consolidation.capture_state(), (select c.before from capture as c),
    'a capture trigger that is disabled is another state'
);
alter table public.user_workflow_run enable always trigger capture_update;
select isnt(
    consolidation.capture_state(), (select c.before from capture as c),
    'a capture trigger that was disabled and enabled again is another state, too'
);
select is(
    (select c.relreplident from pg_class as c where c.oid = 'consolidation.change'::regclass), 'f',
    'a publication of all tables can tell which entries are deleted'
);

select * from finish();
rollback;
