-- start_run, add_context, get_context, add_endpoint, add_endpoints.

begin;
select plan(94);

-- Hospital North (1…) and Hospital South (2…), with a run each.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, context, endpoints_used
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001',
    '{"user_session": "abc123"}', '[7]'
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001',
    '{"user_session": "theirs"}', '[8]'
);
create function pg_temp.run_of_south()
returns text
language sql
as $$
select r::text from public.user_workflow_run as r
where r.run_id = '22222222-0000-4000-8000-00000000a001'
$$;
create temporary table before as select pg_temp.run_of_south() as run_of_south;

-- Shape -------------------------------------------------------------------------------------------

select has_function(
    'public', f.name, f.arguments,
    format('there is %s(%s)', f.name, array_to_string(f.arguments, ', '))
)
from (
    values
    ('start_run'::name, array['uuid', 'text', 'uuid', 'uuid', 'jsonb', 'text', 'text']::name []),
    ('add_context', array['uuid', 'text', 'jsonb']),
    ('add_context', array['uuid', 'jsonb']),
    ('get_context', array['uuid', 'text', 'jsonb']),
    ('add_endpoint', array['uuid', 'bigint']),
    ('add_endpoint', array['uuid', 'text']),
    ('add_endpoint', array['uuid', 'uuid']),
    ('add_endpoints', array['uuid', 'jsonb'])
) as f (name, arguments);

-- Everything from here on as an application does it, in the organisation of North.
set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';

-- add_context -------------------------------------------------------------------------------------

select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', 'correlation_id', '"xyz789"'),
    '{"user_session": "abc123", "correlation_id": "xyz789"}'::jsonb,
    'add_context adds a key and returns the context'
);
select is(
    (
        select r.context from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    '{"user_session": "abc123", "correlation_id": "xyz789"}'::jsonb,
    'add_context stores what it returns'
);
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', 'user_session', '{"id": [1]}')
    -> 'user_session',
    '{"id": [1]}'::jsonb,
    'add_context replaces the value of a key, whatever kind of value'
);
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', 'nothing', 'null') -> 'nothing',
    'null'::jsonb,
    'a value may be a JSON null'
);
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', '{"a": 1, "nothing": 2}'),
    '{
        "user_session": {"id": [1]}, "correlation_id": "xyz789", "nothing": 2, "a": 1
    }'::jsonb,
    'add_context sets several keys at once'
);
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', '{}'),
    (
        select r.context from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    'add_context without entries changes nothing'
);
select is(
    (
        select r.updated_at from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    now(),
    'add_context stamps the run'
);

prepare null_key as
select public.add_context('11111111-0000-4000-8000-00000000a001', null, '1');
select throws_ok('null_key', '22004', null, 'add_context refuses a null key');
prepare null_value as
select public.add_context('11111111-0000-4000-8000-00000000a001', 'a', null);
select throws_ok(
    'null_value', '22004', null, 'add_context refuses a null value: a JSON null is none'
);
select throws_ok(
    format(
        'select public.add_context(''11111111-0000-4000-8000-00000000a001'', %L::jsonb)', e.entries
    ),
    '22023', null,
    format('add_context refuses entries that are %s', coalesce(e.entries, 'null'))
)
from unnest(array['[]', '["a", 1]', '"a"', '1', 'null', null]) as e (entries);
prepare context_of_unknown_run as
select public.add_context('99999999-0000-4000-8000-00000000a001', 'a', '1');
select throws_ok('context_of_unknown_run', 'P0002', null, 'add_context knows no unknown run');
prepare context_of_no_run as select public.add_context(null, 'a', '1');
select throws_ok('context_of_no_run', 'P0002', null, 'add_context needs a run');
prepare context_of_south as
select public.add_context('22222222-0000-4000-8000-00000000a001', 'a', '1');
select throws_ok('context_of_south', 'P0002', null, 'add_context finds no run of another tenant');
prepare entries_of_unknown_run as
select public.add_context('99999999-0000-4000-8000-00000000a001', '{"a": 1}');
select throws_ok(
    'entries_of_unknown_run', 'P0002', null, 'add_context with entries knows no unknown run'
);
prepare entries_of_south as
select public.add_context('22222222-0000-4000-8000-00000000a001', '{"a": 1}');
select throws_ok(
    'entries_of_south', 'P0002', null, 'add_context with entries finds no run of another tenant'
);

-- A document may be null, or anything.
update public.user_workflow_run set context = null
where run_id = '11111111-0000-4000-8000-00000000a001';
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', 'a', '1'), '{"a": 1}'::jsonb,
    'add_context makes an object of a null context'
);
update public.user_workflow_run set context = 'null'
where run_id = '11111111-0000-4000-8000-00000000a001';
select is(
    public.add_context('11111111-0000-4000-8000-00000000a001', 'a', '1'), '{"a": 1}'::jsonb,
    'add_context makes an object of a JSON null'
);
select throws_ok(
    format(
        'update public.user_workflow_run set context = %1$L where run_id = %2$L;
        select public.add_context(%2$L, %3$L::jsonb)',
        o.context, '11111111-0000-4000-8000-00000000a001', '{"b": 2}'
    ),
    '22023', null,
    format('add_context refuses to drop a context that is %s', o.context)
)
from unnest(array['[1]', '"a"', '5']) as o (context);
update public.user_workflow_run set context = '[1]'
where run_id = '11111111-0000-4000-8000-00000000a001';
prepare key_of_array as select public.add_context('11111111-0000-4000-8000-00000000a001', 'a', '1');
select throws_ok('key_of_array', '22023', null, 'add_context of one key keeps an array, too');
select is(
    (
        select r.context from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    '[1]'::jsonb,
    'a context that is an array is still there'
);
update public.user_workflow_run set context = '{"a": 1}'
where run_id = '11111111-0000-4000-8000-00000000a001';

-- get_context -------------------------------------------------------------------------------------

select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'a'), '1'::jsonb,
    'get_context returns the value of a key'
);
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'b'), null,
    'get_context returns null for a key that is not there'
);
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'b', '"default"'),
    '"default"'::jsonb,
    'get_context returns what it is given for a key that is not there'
);
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'a', '"default"'), '1'::jsonb,
    'get_context prefers the value of a key'
);
update public.user_workflow_run set context = '{"nothing": null}'
where run_id = '11111111-0000-4000-8000-00000000a001';
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'nothing', '"default"'),
    'null'::jsonb,
    'get_context returns a JSON null, which is a value'
);
select is(
    public.get_context('22222222-0000-4000-8000-00000000a001', 'user_session', '"none"'),
    '"none"'::jsonb,
    'get_context reads no run of another tenant'
);
select is(
    public.get_context('99999999-0000-4000-8000-00000000a001', 'user_session'), null,
    'get_context reads no unknown run'
);
update public.user_workflow_run set context = '["nothing"]'
where run_id = '11111111-0000-4000-8000-00000000a001';
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'nothing'), null,
    'get_context finds no key in a context that is no object'
);

-- add_endpoint ------------------------------------------------------------------------------------

select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', 9), '[7, 9]'::jsonb,
    'add_endpoint appends an id and returns all of them'
);
select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', 9), '[7, 9]'::jsonb,
    'add_endpoint adds an id once'
);
select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', 'orders'),
    '[7, 9, "orders"]'::jsonb,
    'add_endpoint takes an id that is a text'
);
select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', '7'::text),
    '[7, 9, "orders", "7"]'::jsonb,
    'a text is another id than a number'
);
select is(
    (
        select r.endpoints_used from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    '[7, 9, "orders", "7"]'::jsonb,
    'add_endpoint stores what it returns'
);
select is(
    public.add_endpoints(
        '11111111-0000-4000-8000-00000000a001', '[3, 7, 1, 3, "orders", 1, "stock", 3.0]'
    ),
    '[7, 9, "orders", "7", 3, 1, "stock"]'::jsonb,
    'add_endpoints appends what is new, once, in the order given'
);
select is(
    public.add_endpoints('11111111-0000-4000-8000-00000000a001', '[]'),
    '[7, 9, "orders", "7", 3, 1, "stock"]'::jsonb,
    'add_endpoints of nothing changes nothing'
);
select is(
    public.add_endpoint(
        '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000f001'::uuid
    )
    -> -1,
    '"11111111-0000-4000-8000-00000000f001"'::jsonb,
    'add_endpoint takes a uuid, kept as a text'
);
select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', -9223372036854775808)
    @> '[-9223372036854775808]'::jsonb,
    true,
    'add_endpoint takes the smallest id'
);
select throws_ok(
    format(
        'select public.add_endpoints(''11111111-0000-4000-8000-00000000a001'', %L::jsonb)',
        e.endpoints
    ),
    '22023', null,
    format('add_endpoints refuses %s', coalesce(e.endpoints, 'null'))
)
from unnest(
    array['{}', '5', '"5"', 'null', null, '[null]', '[true]', '[1, [2]]', '[1, {"id": 2}]']
) as e (endpoints);
prepare null_endpoint as
select public.add_endpoint('11111111-0000-4000-8000-00000000a001', null::bigint);
select throws_ok('null_endpoint', '22023', null, 'add_endpoint refuses a null id');
select is(
    (
        select jsonb_array_length(r.endpoints_used) from public.user_workflow_run as r
        where r.run_id = '11111111-0000-4000-8000-00000000a001'
    ),
    9,
    'add_endpoints that refuses one id adds none of the others'
);
prepare endpoint_of_unknown_run as
select public.add_endpoint('99999999-0000-4000-8000-00000000a001', 1);
select throws_ok('endpoint_of_unknown_run', 'P0002', null, 'add_endpoint knows no unknown run');
prepare endpoint_of_south as select public.add_endpoint('22222222-0000-4000-8000-00000000a001', 1);
select throws_ok('endpoint_of_south', 'P0002', null, 'add_endpoint finds no run of another tenant');
prepare text_endpoint_of_south as
select public.add_endpoint('22222222-0000-4000-8000-00000000a001', 'a');
select throws_ok(
    'text_endpoint_of_south', 'P0002', null, 'add_endpoint of a text finds no run of another tenant'
);
prepare endpoints_of_south as
select public.add_endpoints('22222222-0000-4000-8000-00000000a001', '[1]');
select throws_ok(
    'endpoints_of_south', 'P0002', null,
    'add_endpoints finds no run of another tenant'
);
update public.user_workflow_run set endpoints_used = null
where run_id = '11111111-0000-4000-8000-00000000a001';
select is(
    public.add_endpoint('11111111-0000-4000-8000-00000000a001', 5), '[5]'::jsonb,
    'add_endpoint makes an array of a null document'
);
select is(
    public.add_endpoints('11111111-0000-4000-8000-00000000a001', '[5, 6]'), '[5, 6]'::jsonb,
    'a new array knows its elements'
);

-- start_run ---------------------------------------------------------------------------------------

reset role;
insert into public.user_workflow_config (
    config_id, org_id, workflow_id, name, config_type, config_data, is_active, created_by
)
values
(
    '11111111-0000-4000-8000-000000007001', '11111111-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-00000000c001', 'this workflow', 'b', '{"a": 1}', true,
    '11111111-0000-4000-8000-00000000d001'
),
(
    '11111111-0000-4000-8000-000000007002', '11111111-0000-4000-8000-000000000000',
    null, 'every workflow', 'a', '[]', true, '11111111-0000-4000-8000-00000000d001'
),
(
    '11111111-0000-4000-8000-000000007003', '11111111-0000-4000-8000-000000000000',
    null, 'this channel', 'c', '{"channel": "web"}', true, '11111111-0000-4000-8000-00000000d001'
),
(
    '11111111-0000-4000-8000-000000007004', '11111111-0000-4000-8000-000000000000',
    null, 'another channel', 'c', '{"channel": "efax"}', true,
    '11111111-0000-4000-8000-00000000d001'
),
(
    '11111111-0000-4000-8000-000000007005', '11111111-0000-4000-8000-000000000000',
    '11111111-0000-4000-8000-00000000c002', 'another workflow', 'b', '{}', true,
    '11111111-0000-4000-8000-00000000d001'
),
(
    '11111111-0000-4000-8000-000000007006', '11111111-0000-4000-8000-000000000000',
    null, 'inactive', 'b', '{}', false, '11111111-0000-4000-8000-00000000d001'
),
(
    '22222222-0000-4000-8000-000000007001', '22222222-0000-4000-8000-000000000000',
    null, 'another organisation', 'b', '{}', true, '22222222-0000-4000-8000-00000000d001'
);
set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';

create temporary table started as
select r.*
from public.start_run(
    '11111111-0000-4000-8000-00000000c001', 'web', '11111111-0000-4000-8000-00000000d009',
    context => '{"user_session": "abc123", "correlation_id": "xyz789", "retry_attempt": 0}',
    external_id => 'CLAIM-1'
) as r;
select results_eq(
    $$
    select
        s.workflow_id, s.channel, s.created_by, s.org_id, s.status, s.external_id::text,
        s.started_at, s.ended_at, s.context
    from started as s
    $$,
    $$
    values (
        '11111111-0000-4000-8000-00000000c001'::uuid, 'web',
        '11111111-0000-4000-8000-00000000d009'::uuid, '11111111-0000-4000-8000-000000000000'::uuid,
        'running', 'CLAIM-1', now(), null::timestamptz,
        '{"user_session": "abc123", "correlation_id": "xyz789", "retry_attempt": 0}'::jsonb
    )
    $$,
    'start_run starts a run now, of the organisation of the session, and returns it'
);
select results_eq(
    $$
    select r::text from public.user_workflow_run as r
    where r.created_by = '11111111-0000-4000-8000-00000000d009'
    $$,
    'select s::text from started as s',
    'start_run stores what it returns'
);
select is(
    (
        select jsonb_agg(c.config -> 'name' order by c.config -> 'name')
        from started as s
        cross join lateral jsonb_array_elements(s.config_snapshot) as c (config)
    ),
    '["every workflow", "this channel", "this workflow"]'::jsonb,
    'config_snapshot holds the active configurations of organisation, workflow and channel'
);
select is(
    (
        select c.config
        from started as s
        cross join lateral jsonb_array_elements(s.config_snapshot) as c (config)
        where c.config ->> 'name' = 'this workflow'
    ),
    '{
        "config_id": "11111111-0000-4000-8000-000000007001", "name": "this workflow",
        "config_type": "b", "workflow_id": "11111111-0000-4000-8000-00000000c001",
        "config_data": {"a": 1}
    }'::jsonb,
    'config_snapshot says what a configuration was and where it came from'
);
reset role;
update public.user_workflow_config set config_data = '{"a": 2}'
where config_id = '11111111-0000-4000-8000-000000007001';
set local role workflow_app;
select isnt_empty(
    $$
    select from public.user_workflow_run as r
    where
        r.created_by = '11111111-0000-4000-8000-00000000d009'
        and r.config_snapshot @> '[{"config_data": {"a": 1}}]'
    $$,
    'config_snapshot stays what it was when a configuration changes'
);
select is(
    (
        select jsonb_agg(c.config -> 'name' order by c.config -> 'name')
        from public.start_run(
            '11111111-0000-4000-8000-00000000c003', 'efax', '11111111-0000-4000-8000-00000000d001'
        ) as s
        cross join lateral jsonb_array_elements(s.config_snapshot) as c (config)
    ),
    '["another channel", "every workflow"]'::jsonb,
    'another workflow and channel get other configurations'
);
select results_eq(
    $$
    select s.context, s.external_id::text, s.status
    from public.start_run(
        '11111111-0000-4000-8000-00000000c001', 'voice', '11111111-0000-4000-8000-00000000d001',
        status => 'pending'
    ) as s
    $$,
    $$ values ('{}'::jsonb, null::text, 'pending') $$,
    'start_run can leave out the context, and start in another status'
);
select is(
    (
        select s.org_id
        from public.start_run(
            '11111111-0000-4000-8000-00000000c001', 'voice',
            '11111111-0000-4000-8000-00000000d001', '11111111-0000-4000-8000-000000000000'
        ) as s
    ),
    '11111111-0000-4000-8000-000000000000'::uuid,
    'start_run takes the organisation as an argument'
);
prepare run_for_south as
select public.start_run(
    '11111111-0000-4000-8000-00000000c001', 'web', '11111111-0000-4000-8000-00000000d001',
    '22222222-0000-4000-8000-000000000000'
);
select throws_ok('run_for_south', '42501', null, 'start_run starts no run of another tenant');
select throws_ok(
    format(
        'select public.start_run(
            ''11111111-0000-4000-8000-00000000c001'', ''web'',
            ''11111111-0000-4000-8000-00000000d001'', context => %L
        )', c.context
    ),
    '22023', null,
    format('start_run refuses a context that is %s', coalesce(c.context, 'null'))
)
from unnest(array['[]', '"a"', '1', 'null', null]) as c (context);
prepare no_workflow as
select public.start_run(null, 'web', '11111111-0000-4000-8000-00000000d001');
select throws_ok('no_workflow', '23502', null, 'start_run needs a workflow');
prepare no_channel as
select public.start_run(
    '11111111-0000-4000-8000-00000000c001', null, '11111111-0000-4000-8000-00000000d001'
);
select throws_ok('no_channel', '23502', null, 'start_run needs a channel');
prepare no_creator as select public.start_run('11111111-0000-4000-8000-00000000c001', 'web', null);
select throws_ok('no_creator', '23502', null, 'start_run needs a creator');
prepare no_status as
select public.start_run(
    '11111111-0000-4000-8000-00000000c001', 'web', '11111111-0000-4000-8000-00000000d001',
    status => null
);
select throws_ok('no_status', '23502', null, 'start_run needs a status');
prepare long_external_id as
select public.start_run(
    '11111111-0000-4000-8000-00000000c001', 'web', '11111111-0000-4000-8000-00000000d001',
    external_id => repeat('x', 256)
);
select throws_ok(
    'long_external_id', '22001', null, 'start_run refuses an external_id of 256 characters'
);
set local app.current_org_id = '';
prepare no_organisation as
select public.start_run(
    '11111111-0000-4000-8000-00000000c001', 'web', '11111111-0000-4000-8000-00000000d001'
);
select throws_ok('no_organisation', '23502', null, 'start_run needs an organisation');
prepare context_without_organisation as
select public.add_context('11111111-0000-4000-8000-00000000a001', 'a', '1');
select throws_ok(
    'context_without_organisation', 'P0002', null,
    'a session of no organisation finds no run to add context to'
);
select is(
    public.get_context('11111111-0000-4000-8000-00000000a001', 'a'), null,
    'a session of no organisation reads no context'
);

reset role;
select is(
    pg_temp.run_of_south(), (select b.run_of_south from before as b),
    'whatever North tried, the run of South has not changed'
);
set local role workflow_app;
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    public.add_context('22222222-0000-4000-8000-00000000a001', 'a', '1'),
    '{"user_session": "theirs", "a": 1}'::jsonb,
    'control: South can add context to its run'
);
select is(
    public.add_endpoint('22222222-0000-4000-8000-00000000a001', 1), '[8, 1]'::jsonb,
    'control: South can add an endpoint to its run'
);
reset role;

select * from finish();
rollback;
