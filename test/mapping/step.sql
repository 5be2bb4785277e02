-- Steps, both ways.

begin;
select plan(19);

-- Both sides -------------------------------------------------------------------------------------

select bag_eq(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_step'::regclass
    $$,
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_steps'::regclass and a.attnum > 0
    $$,
    'old_step has every column of the old table, in its type'
);
select results_eq(
    $$
    select distinct d.refobjid
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where
        w.ev_class = 'consolidation.old_step'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> w.ev_class
    $$,
    $$ values ('legacy.workflow_steps'::regclass::oid) $$,
    'old_step is bound to the old table, wherever that stands'
);
select is_empty(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_step'::regclass
    except
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.step_row'::regclass
    $$,
    'step_row has all these columns in the same types'
);
select bag_eq(
    $$
    select
        v.step_id, v.trace_id, v.step_number, v.status, v.input_data, v.output_data,
        v.error_message, v.start_time, v.end_time, v.duration_ms, v.retry_count, v.metadata,
        v.node_id
    from consolidation.step_row as v
    $$,
    'select v.* from consolidation.old_step as v',
    'what was carried over reads in step_row as it stands in the old table, row by row'
);
select cmp_ok(
    (select count(*)::integer from consolidation.step_row), '>', 50, 'there are rows to compare'
);
select is_empty(
    'select from consolidation.step_row as v where not v.as_built',
    'everything that was carried over is as consolidate() builds it'
);

-- What consolidate() would not have built ---------------------------------------------------------

-- Hospital North (1…) with a run that new code wrote.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    consolidation.step_id(910101), '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 1, 910101
);
select results_eq(
    $$
    select s.trace_id, s.of_run, s.of_organisation, s.as_built from consolidation.step_row as s
    where s.step_id = 910101
    $$,
    $$
    values (
        910001::bigint, '11111111-0000-4000-8000-00000000a001'::uuid,
        '11111111-0000-4000-8000-000000000000'::uuid, true
    )
    $$,
    'step_row names the run and the organisation; control: this step is as built'
);
create function pg_temp.as_built_after(assignment text)
returns boolean
language plpgsql
as $$
declare
    result boolean;
begin
    begin
        execute format(
            'update public.user_workflow_run_step set %s where legacy_step_id = 910101', assignment
        );
        select s.as_built into result from consolidation.step_row as s where s.step_id = 910101;
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return result;
    end;
end;
$$;
select is(
    pg_temp.as_built_after(a.assignment), false, format('a step %s is not as built', a.what)
)
from (
    values
    ('whose key is another', 'step_id = ''11111111-0000-4000-8000-00000000b009'''),
    ('with error_details', 'error_details = ''{}'''),
    ('whose events are an object', 'events = ''{}'''),
    ('whose screenshots are missing', 'screenshots = null')
) as a (what, assignment);

-- write_steps -------------------------------------------------------------------------------------

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
insert into legacy.workflow_steps (step_id, trace_id, step_number, node_id, retry_count)
select
    910200 + n, 910002, n, '11111111-0000-4000-8000-00000000e001', 0
from generate_series(1, 4) as n;
-- Only after a cut-over can a run have another trace_id.
insert into consolidation.carried_back values (910009);
-- Was 910203, is now 910109.
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id
)
values (
    consolidation.step_id(910203), '11111111-0000-4000-8000-00000000a001',
    '11111111-0000-4000-8000-00000000e001', 3, 910109
);
select lives_ok(
    $$
    select
        consolidation.write_runs(array[910002]),
        consolidation.write_steps(
            array[910002],
            array[
                row(
                    '11111111-0000-4000-8000-00000000b002', 910202, 910002, '[]', '[]', null
                )::consolidation.known_step,
                row(
                    consolidation.step_id(910204), 910999, 910002, '[]', '[]', null
                )::consolidation.known_step
            ]
        )
    $$,
    'steps are written from old rows'
);
select results_eq(
    $$
    select
        s.legacy_step_id,
        s.step_id = consolidation.step_id(s.legacy_step_id),
        s.step_id = '11111111-0000-4000-8000-00000000b002'
    from public.user_workflow_run_step as s
    where s.legacy_trace_id = 910002
    order by s.legacy_step_id
    $$,
    $$
    values
    (910201::bigint, true, false), (910202, false, true), (910203, false, false),
    (910204, false, false)
    $$,
    'a step has the key of its old id, a known one its own, and a new one where another has that'
);
update legacy.workflow_steps set step_number = step_number + 10 where trace_id = 910002;
select lives_ok(
    $$ select consolidation.write_steps(array[910002], '{}') $$, 'steps can be written again'
);
select results_eq(
    $$
    select s.step_number, s.org_id, s.run_id = consolidation.run_id(910002)
    from public.user_workflow_run_step as s
    where s.legacy_trace_id = 910002
    order by s.step_number
    $$,
    $$
    select n, '11111111-0000-4000-8000-000000000000'::uuid, true from generate_series(11, 14) as n
    $$,
    'written again, they say what the old rows say now, under the run of their trace'
);
select is(
    (
        select s.step_id from public.user_workflow_run_step as s
        where s.legacy_step_id = 910202
    ),
    '11111111-0000-4000-8000-00000000b002'::uuid,
    'a step keeps its key when it is written again'
);
set local role workflow_app;
select throws_ok(
    $$ select consolidation.write_steps(array[910002], '{}') $$, '42501', null,
    'applications cannot write so'
);
reset role;

-- Rights -----------------------------------------------------------------------------------------

set local role workflow_app;
select throws_ok(
    'select from consolidation.old_step', '42501', null, 'applications cannot read the old table'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select from consolidation.old_step, consolidation.step_row limit 1',
    'maintenance reads both sides'
);
reset role;

select * from finish();
rollback;
