-- Endpoints, both ways.

begin;
select plan(11);

-- Both sides -------------------------------------------------------------------------------------

select bag_eq(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_endpoint'::regclass
    $$,
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'legacy.workflow_trace_endpoint'::regclass and a.attnum > 0
    $$,
    'old_endpoint has every column of the old table, in its type'
);
select results_eq(
    $$
    select distinct d.refobjid
    from pg_depend as d
    inner join pg_rewrite as w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where
        w.ev_class = 'consolidation.old_endpoint'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> w.ev_class
    $$,
    $$ values ('legacy.workflow_trace_endpoint'::regclass::oid) $$,
    'old_endpoint is bound to the old table, wherever that stands'
);
select is_empty(
    $$
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.old_endpoint'::regclass
    except
    select a.attname::text, a.atttypid::regtype, a.atttypmod
    from pg_attribute as a
    where a.attrelid = 'consolidation.endpoint_row'::regclass
    $$,
    'endpoint_row has all these columns in the same types'
);
select bag_eq(
    $$
    select
        v.trace_id, v.endpoint_id
    from consolidation.endpoint_row as v
    $$,
    'select v.* from consolidation.old_endpoint as v',
    'what was carried over reads in endpoint_row as it stands in the old table, row by row'
);
select cmp_ok(
    (select count(*)::integer from consolidation.endpoint_row), '>', 50, 'there are rows to compare'
);
select is_empty(
    'select from consolidation.endpoint_row as v where not v.as_built',
    'everything that was carried over is as consolidate() builds it'
);

-- Documents that new code wrote -------------------------------------------------------------------

-- Hospital North (1…) with a run that new code wrote.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id
)
values (
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001
);
update public.user_workflow_run
set endpoints_used = '[7, 7, "orders", 1.5, null, -3, 9223372036854775808]'
where legacy_trace_id = 910001;
select results_eq(
    $$
    select e.place, e.endpoint_id, e.fits, e.as_built
    from consolidation.endpoint_row as e
    where e.trace_id = 910001
    order by e.place
    $$,
    $$
    values
    (1::bigint, 7::bigint, true, true), (2, 7, true, true), (3, null, false, false),
    (4, null, false, false), (5, null, false, false), (6, -3, true, true), (7, null, false, false)
    $$,
    'each element is a row with its place; the old table could hold those that are ids'
);
update public.user_workflow_run set endpoints_used = '{"7": true}' where legacy_trace_id = 910001;
select is_empty(
    'select from consolidation.endpoint_row as e where e.trace_id = 910001',
    'endpoints that are no array are no rows, and break nobody'
);

insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001'
);
insert into legacy.workflow_trace_endpoint values (910002, 9), (910002, -3), (910002, 7);
select results_eq(
    'select e.endpoints_used from consolidation.endpoints_of_old_rows(array[910002, 910001]) as e',
    $$ values ('[-3, 7, 9]'::jsonb) $$,
    'the endpoints of a run are an array in the order of their ids'
);

-- Rights -----------------------------------------------------------------------------------------

set local role workflow_app;
select throws_ok(
    'select from consolidation.old_endpoint', '42501', null,
    'applications cannot read the old table'
);
reset role;
set local role workflow_maintenance;
select lives_ok(
    'select from consolidation.old_endpoint, consolidation.endpoint_row limit 1',
    'maintenance reads both sides'
);
reset role;

select * from finish();
rollback;
