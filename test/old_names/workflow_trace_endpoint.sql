-- The old name workflow_trace_endpoint: the elements of "endpoints_used" as rows.

begin;
select plan(40);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, endpoints_used
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '[7, -3, 9223372036854775807]'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002,
    null
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001,
    '[]'
);

select has_view('public', 'workflow_trace_endpoint', 'workflow_trace_endpoint is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'public.workflow_trace_endpoint'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'legacy.workflow_trace_endpoint'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

select results_eq(
    $$
    select e.* from public.workflow_trace_endpoint as e where e.trace_id = 910001
    order by e.endpoint_id
    $$,
    $$ values (910001::bigint, -3::bigint), (910001, 7), (910001, 9223372036854775807) $$,
    'endpoints of a run read as the rows that the old table would hold'
);
select bag_eq(
    $$
    select e.* from public.workflow_trace_endpoint as e
    where e.trace_id not in (910001, 910002, 920001)
    $$,
    'select e.* from legacy.workflow_trace_endpoint as e',
    'carried-over endpoints read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_trace_endpoint), '>', 50,
    'there are carried-over endpoints to compare'
);

-- Insert ------------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (910001, 8)
    returning trace_id, endpoint_id
    $$,
    'values (910001::bigint, 8::bigint)',
    'an insert returns the endpoint'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[7, -3, 9223372036854775807, 8]'::jsonb,
    'an inserted endpoint is appended'
);
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
        select v.trace_id, n
        from (values (910002), (920001)) as v (trace_id)
        cross join generate_series(1, 3) as n
        returning endpoint_id
    )
    select count(*)::integer from inserted
    $$,
    'values (6)',
    'one insert adds endpoints to several runs'
);
select results_eq(
    $$
    select r.endpoints_used from public.user_workflow_run as r
    where r.legacy_trace_id in (910002, 920001)
    $$,
    $$ values ('[1, 2, 3]'::jsonb), ('[1, 2, 3]') $$,
    'rows of one insert all arrive, also where the document was null'
);

-- Errors ------------------------------------------------------------------------------------------

prepare used_endpoint as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (910001, 7);
select throws_ok('used_endpoint', '23505', null, 'an endpoint that the trace has is refused');

prepare twice_in_one as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
values (910001, 70), (910001, 70);
select throws_ok('twice_in_one', '23505', null, 'one statement cannot insert an endpoint twice');

prepare null_trace as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (null, 71);
select throws_ok('null_trace', '23502', null, 'an endpoint of no trace is refused');

prepare null_endpoint as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (910001, null);
select throws_ok('null_endpoint', '23502', null, 'a null endpoint_id is refused');

prepare unknown_trace as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (999999999, 71);
select throws_ok('unknown_trace', '23503', null, 'an endpoint of an unknown trace is refused');

prepare endpoint_to_null as
update public.workflow_trace_endpoint set endpoint_id = null where trace_id = 910001;
select throws_ok('endpoint_to_null', '23502', null, 'an endpoint_id cannot become null');

prepare trace_to_null as
update public.workflow_trace_endpoint set trace_id = null where trace_id = 910001;
select throws_ok('trace_to_null', '23502', null, 'a trace_id cannot become null');

prepare endpoint_to_a_used_one as
update public.workflow_trace_endpoint set endpoint_id = 8
where trace_id = 910001 and endpoint_id = 7;
select throws_ok(
    'endpoint_to_a_used_one', '23505', null, 'an endpoint cannot become one that the trace has'
);

prepare trace_to_a_used_one as
update public.workflow_trace_endpoint set trace_id = 920001
where trace_id = 910002 and endpoint_id = 1;
select throws_ok(
    'trace_to_a_used_one', '23505', null, 'an endpoint cannot move to a trace that has it'
);

prepare trace_to_unknown as
update public.workflow_trace_endpoint set trace_id = 999999999 where trace_id = 910002;
select throws_ok('trace_to_unknown', '23503', null, 'an endpoint cannot move to an unknown trace');

prepare out_of_range as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
values (910001, 9223372036854775808);
select throws_ok('out_of_range', '22003', null, 'an endpoint_id out of range is refused');

prepare upsert as
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (910001, 7)
on conflict (trace_id, endpoint_id) do nothing;
select throws_ok('upsert', '42P10', null, 'on conflict is refused: there is no index to infer');
select throws_ok(
    'truncate public.workflow_trace_endpoint', '42809', null, 'truncate is refused: it is a view'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[7, -3, 9223372036854775807, 8]'::jsonb,
    'a refused statement leaves nothing behind'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_trace_endpoint set endpoint_id = 70
    where trace_id = 910001 and endpoint_id = 7
    returning endpoint_id
    $$,
    'values (70::bigint)',
    'an update returns the new values'
);
select bag_eq(
    'select e.endpoint_id from public.workflow_trace_endpoint as e where e.trace_id = 910001',
    $$ values (70::bigint), (-3), (9223372036854775807), (8) $$,
    'an update changes one endpoint'
);
select results_eq(
    $$
    update public.workflow_trace_endpoint set endpoint_id = 70
    where trace_id = 910001 and endpoint_id = 70
    returning endpoint_id
    $$,
    'values (70::bigint)',
    'an update may change nothing'
);
select results_eq(
    $$
    update public.workflow_trace_endpoint set trace_id = 910002
    where trace_id = 910001 and endpoint_id = 70
    returning trace_id, endpoint_id
    $$,
    'values (910002::bigint, 70::bigint)',
    'an endpoint can move to another run'
);
select results_eq(
    $$
    select r.endpoints_used @> '70' from public.user_workflow_run as r
    where r.legacy_trace_id in (910001, 910002)
    order by r.legacy_trace_id
    $$,
    'values (false), (true)',
    'a moved endpoint is in one document only'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_trace_endpoint set endpoint_id = endpoint_id + 100
        where trace_id = 920001
        returning endpoint_id
    )
    select u.endpoint_id from updated as u order by u.endpoint_id
    $$,
    'values (101::bigint), (102), (103)',
    'one statement updates several endpoints'
);
select is(
    (
        select array_agg(e.endpoint_id order by e.endpoint_id)
        from public.workflow_trace_endpoint as e
        where e.trace_id = 920001
    ),
    array[101, 102, 103]::bigint [],
    'one statement loses none of the endpoints it updates'
);
select is_empty(
    $$
    update public.workflow_trace_endpoint set endpoint_id = 5
    where trace_id = 910001 and endpoint_id = 12345
    returning 1
    $$,
    'an update of an unknown endpoint changes no row'
);

-- Delete ------------------------------------------------------------------------------------------

select results_eq(
    $$
    delete from public.workflow_trace_endpoint where trace_id = 910001 and endpoint_id = -3
    returning endpoint_id
    $$,
    'values (-3::bigint)',
    'a delete returns the endpoint'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '[9223372036854775807, 8]'::jsonb,
    'a delete takes one endpoint away'
);
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_trace_endpoint where trace_id = 920001 returning endpoint_id
    )
    select count(*)::integer from deleted
    $$,
    'values (3)',
    'one statement deletes all endpoints of a run'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 920001),
    '[]'::jsonb,
    'a document whose endpoints were deleted is an empty array'
);
select is_empty(
    $$
    delete from public.workflow_trace_endpoint where trace_id = 910001 and endpoint_id = -3
    returning 1
    $$,
    'a delete of an unknown endpoint deletes no row'
);

-- What new code writes ----------------------------------------------------------------------------

update public.user_workflow_run
set endpoints_used = '[
    "orders", 1.5, 1e400, 9223372036854775808, true, null, [1], {"id": 2}, 5, 6.0
]'
where legacy_trace_id = 910001;
update public.user_workflow_run set endpoints_used = '{"no": "array"}'
where legacy_trace_id = 910002;
update public.user_workflow_run set endpoints_used = '"no array"' where legacy_trace_id = 920001;
select bag_eq(
    'select e.endpoint_id from public.workflow_trace_endpoint as e where e.trace_id = 910001
    and e.endpoint_id is not null',
    'values (5::bigint), (6)',
    'endpoints that are whole numbers read as such, whatever stands beside them'
);
select is_empty(
    'select from public.workflow_trace_endpoint as e where e.trace_id in (910002, 920001)',
    'a document that is no array has no endpoints'
);
select results_eq(
    $$
    delete from public.workflow_trace_endpoint where trace_id = 910001 and endpoint_id = 5
    returning endpoint_id
    $$,
    'values (5::bigint)',
    'an endpoint among elements of other kinds can be deleted'
);
select is(
    (select r.endpoints_used from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '["orders", 1.5, 1e400, 9223372036854775808, true, null, [1], {"id": 2}, 6.0]'::jsonb,
    'deleting an endpoint keeps what the old name cannot show'
);

select * from finish();
rollback;
