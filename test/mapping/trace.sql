-- Runs, both ways.

begin;
select plan(21);

-- Both sides -------------------------------------------------------------------------------------

select bag_eq(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_trace'::regclass
    $$,
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_trace'::regclass and a.attnum > 0
    $$,
    'old_trace has every column of the old table, in its type'
);
select results_eq(
    $$
    select distinct d.refobjid
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where
        w.ev_class = 'consolidation.old_trace'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> w.ev_class
    $$,
    $$ values ('legacy.workflow_trace'::regclass::oid) $$,
    'old_trace is bound to the old table, wherever that stands'
);
select is_empty(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_trace'::regclass
    except
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.trace_row'::regclass
    $$,
    'trace_row has all these columns in the same types'
);
select bag_eq(
    $$
    select
        v.trace_id, v.batch_job_item_id, v.org_id, v.workflow_id, v.channel, v.external_id,
        v.status, v.action_type, v.action_detail, v.success, v.duration_ms, v.error_detail,
        v.error_message, v.llm_prompt, v.llm_response, v.llm_model, v.llm_tokens_used, v.tier,
        v.tier_reason, v.config_snapshot, v.start_time, v.end_time, v.created_at, v.user_id,
        v.created_by, v.session_id
    from consolidation.trace_row as v
    $$,
    'select v.* from consolidation.old_trace as v',
    'what was carried over reads in trace_row as it stands in the old table, row by row'
);
select cmp_ok(
    (select count(*)::integer from consolidation.trace_row), '>', 50, 'there are rows to compare'
);
select is_empty(
    'select from consolidation.trace_row as v where not v.as_built',
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
update public.user_workflow_run
set run_id = consolidation.run_id(910001)
where legacy_trace_id = 910001;
select ok(
    (select t.as_built from consolidation.trace_row as t where t.trace_id = 910001),
    'control: a run with the key of its trace_id and documents of the right kinds is as built'
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
            'update public.user_workflow_run set %s where legacy_trace_id = 910001', assignment
        );
        select t.as_built into result from consolidation.trace_row as t where t.trace_id = 910001;
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        return result;
    end;
end;
$$;
select is(
    pg_temp.as_built_after(a.assignment), false, format('a run whose %s is not as built', a.what)
)
from (
    values
    ('key is another', 'run_id = ''11111111-0000-4000-8000-00000000a009'''),
    ('context is an array', 'context = ''[]'''),
    ('context is missing', 'context = null'),
    ('endpoints are an object', 'endpoints_used = ''{}'''),
    ('events are a text', 'events = ''"a"'''),
    ('screenshots are a JSON null', 'screenshots = ''null''')
) as a (what, assignment);

-- write_runs --------------------------------------------------------------------------------------

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
select
    n, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
from generate_series(910002, 910004) as n;
-- Only after a cut-over can a run have another trace_id.
insert into consolidation.carried_back values (910009);
-- A run that was 910003 and is now 910009: it keeps its run_id.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values (
    consolidation.run_id(910003), '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910009
);
select lives_ok(
    'select consolidation.write_runs(array[910002, 910003])', 'runs are written from old rows'
);
select results_eq(
    $$
    select r.legacy_trace_id, r.run_id = consolidation.run_id(r.legacy_trace_id)
    from public.user_workflow_run as r
    where r.legacy_trace_id between 910002 and 910009
    order by r.legacy_trace_id
    $$,
    'values (910002::bigint, true), (910003, false), (910009, false)',
    'each trace asked for has a run: with the key of its trace_id, unless another run has that'
);
create temporary table written as
select r.legacy_trace_id, r.run_id from public.user_workflow_run as r
where r.legacy_trace_id in (910002, 910003);
update legacy.workflow_trace set status = 'again' where trace_id in (910002, 910003);
select lives_ok(
    'select consolidation.write_runs(array[910002, 910003])', 'runs can be written again'
);
select bag_eq(
    $$
    select r.legacy_trace_id, r.run_id, r.status from public.user_workflow_run as r
    where r.legacy_trace_id in (910002, 910003)
    $$,
    $$ select w.legacy_trace_id, w.run_id, 'again' from written as w $$,
    'written again, they say what the old rows say now and keep their keys'
);
select is_empty(
    'select from public.user_workflow_run as r where r.legacy_trace_id = 910004',
    'no other run is written'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.write_runs(array[910002])', '42501', null, 'applications cannot write so'
);
reset role;

-- Rights -----------------------------------------------------------------------------------------

set local role workflow_app;
select throws_ok(
    'select from consolidation.old_trace', '42501', null, 'applications cannot read the old table'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select from consolidation.old_trace, consolidation.trace_row limit 1',
    'maintenance reads both sides'
);
reset role;

select * from finish();
rollback;
