-- A session sees and writes the organisation it names, and none when it names none. Row level
-- security denies by silence: beside each denial stands the owner who can, and in the end nothing
-- of the others has changed.

begin;

-- Hospital North (1…), Hospital South (2…), the billing firm (3…): each has a run with a step, with
-- one event and one screenshot on both, one key, one endpoint and a configuration.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, endpoints_used,
    events, screenshots
)
select
    (repeat(p.digit, 8) || '-0000-4000-8000-00000000a001')::uuid,
    (repeat(p.digit, 8) || '-0000-4000-8000-00000000c001')::uuid,
    p.org_id, 'web', p.org_id, p.trace_id, '{"secret": 1}', '[1]',
    jsonb_build_array(jsonb_build_object(
        'type', 'run event', 'timestamp', '2025-01-14T10:30:00Z', 'data', 1,
        'event_id', p.trace_id + 1000
    )),
    jsonb_build_array(jsonb_build_object(
        'url', 'https://example.org/run', 'timestamp', '2025-01-14T10:30:00Z', 'action', 'a',
        'screenshot_id', (repeat(p.digit, 8) || '-0000-4000-8000-000000005001')::uuid,
        'node_id', p.org_id, 'node_name', 'a', 'step_index', 9
    ))
from (
    values
    ('1', '11111111-0000-4000-8000-000000000000'::uuid, 910001),
    ('2', '22222222-0000-4000-8000-000000000000', 920001),
    ('3', '33333333-0000-4000-8000-000000000000', 930001)
) as p (digit, org_id, trace_id);
insert into public.user_workflow_run_step (
    step_id, run_id, node_id, step_number, legacy_step_id, events, screenshots
)
select
    overlay(r.run_id::text placing 'b' from 33)::uuid, r.run_id, r.org_id, 1,
    r.legacy_trace_id + 100,
    jsonb_build_array(jsonb_build_object(
        'type', 'step event', 'timestamp', '2025-01-14T10:30:00Z', 'data', 1,
        'event_id', r.legacy_trace_id + 2000
    )),
    jsonb_build_array(jsonb_build_object(
        'url', 'https://example.org/step', 'timestamp', '2025-01-14T10:30:00Z', 'action', 'a',
        'screenshot_id', overlay(r.run_id::text placing '5002' from 33)::uuid
    ))
from public.user_workflow_run as r
where r.legacy_trace_id in (910001, 920001, 930001);
insert into public.user_workflow_config (
    config_id, org_id, name, config_type, config_data, created_by
)
select overlay(r.run_id::text placing '7001' from 33)::uuid, r.org_id, 'a', 'a', '{}', r.org_id
from public.user_workflow_run as r
where r.legacy_trace_id in (910001, 920001, 930001);

-- Everything that belongs to South and to the billing firm, whichever way it is written.
create function pg_temp.belongings_of_others()
returns text
language sql
as $$
select md5(concat(
    (select string_agg(r::text, ' ' order by r.run_id) from public.user_workflow_run as r
        where r.org_id <> '11111111-0000-4000-8000-000000000000'),
    (select string_agg(s::text, ' ' order by s.step_id) from public.user_workflow_run_step as s
        where s.org_id <> '11111111-0000-4000-8000-000000000000'),
    (select string_agg(c::text, ' ' order by c.config_id) from public.user_workflow_config as c
        where c.org_id <> '11111111-0000-4000-8000-000000000000')
))
$$;
create temporary table before as select pg_temp.belongings_of_others() as belongings;

-- The relations a session can reach, with what says whose a row is.
create temporary table reachable (
    relation text,
    owner text,
    rows_of_each integer
);
insert into reachable (relation, owner, rows_of_each)
values
('user_workflow_run', 'org_id', 1),
('user_workflow_run_step', 'org_id', 1),
('user_workflow_config', 'org_id', 1),
('workflow_trace', 'trace_id', 1),
('workflow_steps', 'trace_id', 1),
('workflow_events', 'trace_id', 2),
('workflow_trace_screenshot', 'trace_id', 2),
('workflow_trace_context', 'trace_id', 1),
('workflow_trace_endpoint', 'trace_id', 1),
('workflow_configs', 'org_id', 1);
create temporary table seen (session text, relation text, of_north integer, of_others integer);
grant select on reachable to public;
grant insert on seen to public;

create function pg_temp.look(session text)
returns void
language plpgsql
as $$
declare
    target record;
begin
    for target in select * from reachable loop
        execute format(
            'insert into seen
            select
                $1, $2,
                count(*) filter (where %1$I::text in (
                    ''11111111-0000-4000-8000-000000000000'', ''910001''
                )),
                count(*) filter (where %1$I::text not in (
                    ''11111111-0000-4000-8000-000000000000'', ''910001''
                ))
            from public.%2$I',
            target.owner, target.relation
        ) using session, target.relation;
    end loop;
end;
$$;

create function pg_temp.rows_of(statement text)
returns integer
language plpgsql
as $$
declare
    changed integer;
begin
    execute statement;
    get diagnostics changed = row_count;
    return changed;
end;
$$;

-- What North must not do to South, and what it is told.
create temporary table refused (
    ordinal integer generated always as identity,
    sqlstate_expected text,
    description text,
    statement text
);
grant select on refused to public;
insert into refused (sqlstate_expected, description, statement)
values
('42501', 'a tenant cannot insert a run of another', $$
    insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
    values (
        gen_random_uuid(), '22222222-0000-4000-8000-000000000000', 'web', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot give its run to another', $$
    update public.user_workflow_run set org_id = '22222222-0000-4000-8000-000000000000'
    where run_id = '11111111-0000-4000-8000-00000000a001' $$),
('42501', 'a tenant cannot give its step to another', $$
    update public.user_workflow_run_step set org_id = '22222222-0000-4000-8000-000000000000'
    where step_id = '11111111-0000-4000-8000-00000000b001' $$),
('42501', 'a tenant cannot insert a configuration of another', $$
    insert into public.user_workflow_config (org_id, name, config_type, config_data, created_by)
    values (
        '22222222-0000-4000-8000-000000000000', 'b', 'b', '{}', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot give its configuration to another', $$
    update public.user_workflow_config set org_id = '22222222-0000-4000-8000-000000000000'
    where config_id = '11111111-0000-4000-8000-000000007001' $$),
('23503', 'a tenant cannot attach a step to another tenant''s run', $$
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values ('22222222-0000-4000-8000-00000000a001', gen_random_uuid(), 2) $$),
('23503', 'a tenant cannot attach a step to another tenant''s run under its own organisation', $$
    insert into public.user_workflow_run_step (
        run_id, org_id, node_id, step_number, legacy_trace_id
    )
    values (
        '22222222-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000',
        gen_random_uuid(), 2, 920001
    ) $$),
('23503', 'a tenant cannot attach a step to another tenant''s run under that organisation', $$
    insert into public.user_workflow_run_step (
        run_id, org_id, node_id, step_number, legacy_trace_id
    )
    values (
        '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-000000000000',
        gen_random_uuid(), 2, 920001
    ) $$),
('23503', 'a tenant cannot attach a step to another tenant''s trace', $$
    insert into public.user_workflow_run_step (
        run_id, org_id, node_id, step_number, legacy_trace_id
    )
    values (
        '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-000000000000',
        gen_random_uuid(), 2, 920001
    ) $$),
('23503', 'a tenant cannot move a step to another tenant''s run', $$
    update public.user_workflow_run_step set run_id = '22222222-0000-4000-8000-00000000a001'
    where step_id = '11111111-0000-4000-8000-00000000b001' $$),
('42501', 'a tenant cannot insert a trace of another', $$
    insert into public.workflow_trace (workflow_id, org_id, channel, created_by)
    values (
        gen_random_uuid(), '22222222-0000-4000-8000-000000000000', 'web', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot give its trace to another', $$
    update public.workflow_trace set org_id = '22222222-0000-4000-8000-000000000000'
    where trace_id = 910001 $$),
('23503', 'a tenant cannot insert a step of another''s trace', $$
    insert into public.workflow_steps (trace_id, step_number, node_id)
    values (920001, 2, gen_random_uuid()) $$),
('23503', 'a tenant cannot insert an event of another''s trace', $$
    insert into public.workflow_events (trace_id, event_type, event_data)
    values (920001, 'a', '1') $$),
('23503', 'a tenant cannot insert an event of another''s step', $$
    insert into public.workflow_events (trace_id, step_id, event_type, event_data)
    values (910001, 920101, 'a', '1') $$),
('23503', 'a tenant cannot move its event to another''s trace', $$
    update public.workflow_events set trace_id = 920001, step_id = null
    where trace_id = 910001 $$),
('23503', 'a tenant cannot insert a screenshot of another''s trace', $$
    insert into public.workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    )
    values (
        920001, '11111111-0000-4000-8000-000000000000', 'a', 1, 'a', 'a', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot insert a screenshot that names another organisation', $$
    insert into public.workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    )
    values (
        910001, '22222222-0000-4000-8000-000000000000', 'a', 1, 'a', 'a', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot make its screenshot name another organisation', $$
    update public.workflow_trace_screenshot set org_id = '22222222-0000-4000-8000-000000000000'
    where trace_id = 910001 $$),
('23503', 'a tenant cannot move its screenshot to another''s trace', $$
    update public.workflow_trace_screenshot set trace_id = 920001 where trace_id = 910001 $$),
('23503', 'a tenant cannot insert a key of another''s context', $$
    insert into public.workflow_trace_context (trace_id, key, value) values (920001, 'b', '1') $$),
('23503', 'a tenant cannot move its key to another''s context', $$
    update public.workflow_trace_context set trace_id = 920001, key = 'b'
    where trace_id = 910001 $$),
('23503', 'a tenant cannot insert an endpoint of another''s trace', $$
    insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (920001, 2) $$),
('23503', 'a tenant cannot move its endpoint to another''s trace', $$
    update public.workflow_trace_endpoint set trace_id = 920001, endpoint_id = 2
    where trace_id = 910001 $$),
('42501', 'a tenant cannot insert a configuration of another under the old name', $$
    insert into public.workflow_configs (org_id, name, config_type, config_data, created_by)
    values (
        '22222222-0000-4000-8000-000000000000', 'b', 'b', '{}', gen_random_uuid()
    ) $$),
('42501', 'a tenant cannot give its configuration to another under the old name', $$
    update public.workflow_configs set org_id = '22222222-0000-4000-8000-000000000000'
    where config_id = '11111111-0000-4000-8000-000000007001' $$),
('42501', 'a tenant cannot empty the runs of all', 'truncate public.user_workflow_run cascade'),
('42501', 'a tenant cannot empty the steps of all', 'truncate public.user_workflow_run_step'),
('42501', 'a tenant cannot read the old tables', 'select from legacy.workflow_trace'),
('42501', 'a tenant cannot read the documents past the old names',
    'select from consolidation.event_row'),
('42501', 'a tenant cannot switch row level security off for itself', $$
    do 'begin
        set local row_security = off;
        perform from public.user_workflow_run;
    end' $$),
('42501', 'a tenant cannot drop a policy',
    'drop policy user_workflow_run_org_isolation on public.user_workflow_run');

select plan(
    16                                                          -- policies and flags
    + 6 * (select count(*)::integer from reachable)             -- reading
    + 4 * (select count(*)::integer from reachable) + 1         -- rows of others, and own ones
    + (select count(*)::integer from refused)                   -- what raises
    + 2 * (select count(*)::integer from reachable) + 4         -- sessions of no organisation
    + 4                                                         -- across organisations
);

-- Policies and flags ------------------------------------------------------------------------------

select ok(c.relrowsecurity, format('row level security is on for %s', c.relname))
from pg_class as c
where c.oid in (
    'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass,
    'public.user_workflow_config'::regclass
)
order by c.relname;
select ok(c.relforcerowsecurity, format('row level security binds the owner of %s, too', c.relname))
from pg_class as c
where c.oid in (
    'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass,
    'public.user_workflow_config'::regclass
)
order by c.relname;
select policies_are(
    'public', t.name, array[t.name || '_org_isolation', t.name || '_maintenance'],
    format('%s has these two policies and no other', t.name)
)
from unnest(
    array['user_workflow_run', 'user_workflow_run_step', 'user_workflow_config']::name []
) as t (name);
select is(
    (
        select p.roles from pg_policies as p
        where p.schemaname = 'public' and p.policyname = t.name || '_org_isolation'
    ),
    '{public}'::name [],
    format('the isolation of %s is for everybody', t.name)
)
from unnest(
    array['user_workflow_run', 'user_workflow_run_step', 'user_workflow_config']::name []
) as t (name);
select policy_cmd_is(
    'public', t.name, (t.name || '_org_isolation')::name, 'all',
    format('the isolation of %s is for every command', t.name)
)
from unnest(
    array['user_workflow_run', 'user_workflow_run_step', 'user_workflow_config']::name []
) as t (name);
select is(
    (
        select count(*)::integer from pg_roles as r
        where
            r.rolname in ('workflow_app', 'workflow_maintenance')
            and not r.rolbypassrls and not r.rolsuper and not r.rolcanlogin
    ),
    2,
    'neither role can log in or bypass row level security'
);

-- Reading -----------------------------------------------------------------------------------------

set local role workflow_app;
do $$ begin perform pg_temp.look('unset'); end $$;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
do $$ begin perform pg_temp.look('north'); end $$;
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
do $$ begin perform pg_temp.look('south'); end $$;
set local app.current_org_id = '99999999-0000-4000-8000-000000000000';
do $$ begin perform pg_temp.look('unknown'); end $$;
set local app.current_org_id = '';
do $$ begin perform pg_temp.look('empty'); end $$;
reset role;
set local role workflow_maintenance;
do $$ begin perform pg_temp.look('maintenance'); end $$;
reset role;

select is(
    (s.of_north, s.of_others), (0, 0),
    format('a session of no organisation sees nothing in %s', s.relation)
)
from seen as s
where s.session = 'unset';
select is(
    (s.of_north, s.of_others), (r.rows_of_each, 0),
    format('a session of North sees the rows of North in %s, and no others', s.relation)
)
from seen as s
inner join reachable as r on r.relation = s.relation
where s.session = 'north';
select is(
    (s.of_north, s.of_others), (0, r.rows_of_each),
    format('a session of South sees the rows of South in %s, and no others', s.relation)
)
from seen as s
inner join reachable as r on r.relation = s.relation
where s.session = 'south';
select is(
    (s.of_north, s.of_others), (0, 0),
    format('a session of an unknown organisation sees nothing in %s', s.relation)
)
from seen as s
where s.session = 'unknown';
select is(
    (s.of_north, s.of_others), (0, 0),
    format('a session whose organisation was reset sees nothing in %s', s.relation)
)
from seen as s
where s.session = 'empty';
select ok(
    s.of_north = r.rows_of_each and s.of_others > 2 * r.rows_of_each,
    format('maintenance sees the rows of all organisations in %s', s.relation)
)
from seen as s
inner join reachable as r on r.relation = s.relation
where s.session = 'maintenance';

-- Writing: rows of others, and own ones -----------------------------------------------------------

set local role workflow_app;
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select is(
    pg_temp.rows_of(format(
        'update public.%I set %2$I = %2$I where %2$I::text in (%3$L, %4$L)',
        r.relation, r.owner, '22222222-0000-4000-8000-000000000000', '920001'
    )),
    0,
    format('an update of a tenant finds no row of another in %s', r.relation)
)
from reachable as r;
select is(
    pg_temp.rows_of(format(
        'delete from public.%I where %I::text in (%L, %L)',
        r.relation, r.owner, '22222222-0000-4000-8000-000000000000', '920001'
    )),
    0,
    format('a delete of a tenant finds no row of another in %s', r.relation)
)
from reachable as r;
select is(
    pg_temp.rows_of(format('update public.%I set %2$I = %2$I', r.relation, r.owner)),
    r.rows_of_each,
    format('an update of everything in %s changes what the tenant owns', r.relation)
)
from reachable as r;

select throws_ok(r.statement, r.sqlstate_expected, null, r.description)
from refused as r
order by r.ordinal;
-- In case one was not.
delete from public.user_workflow_run_step where step_number = 2;

-- Sessions of no organisation ---------------------------------------------------------------------

set local app.current_org_id = '';
select is(
    pg_temp.rows_of(format('update public.%I set %2$I = %2$I', r.relation, r.owner)),
    0,
    format('a session of no organisation updates nothing in %s', r.relation)
)
from reachable as r;
select is(
    pg_temp.rows_of(format('delete from public.%I', r.relation)),
    0,
    format('a session of no organisation deletes nothing in %s', r.relation)
)
from reachable as r;
prepare run_without_organisation as
insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
values (
    gen_random_uuid(), '11111111-0000-4000-8000-000000000000', 'web', gen_random_uuid()
);
select throws_ok(
    'run_without_organisation', '42501', null, 'a session of no organisation inserts no run'
);
prepare step_without_organisation as
insert into public.user_workflow_run_step (run_id, node_id, step_number)
values ('11111111-0000-4000-8000-00000000a001', gen_random_uuid(), 2);
select throws_ok(
    'step_without_organisation', '23503', null,
    'a session of no organisation finds no run for a step'
);
prepare event_without_organisation as
insert into public.workflow_events (trace_id, event_type, event_data) values (910001, 'a', '1');
select throws_ok(
    'event_without_organisation', '23503', null,
    'a session of no organisation finds no trace for an event'
);
set local app.current_org_id = 'hospital north';
select throws_ok(
    'select count(*) from public.user_workflow_run', '22P02', null,
    'a session whose organisation is no uuid is told so'
);

-- The control: what belongs to North, North can delete. Elements first, then what holds them.
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select is(
    pg_temp.rows_of(format('delete from public.%I', d.relation)),
    d.expected,
    format('a tenant can delete what it owns in %s', d.relation)
)
from (
    values
    ('workflow_trace_endpoint', 1), ('workflow_trace_context', 1),
    ('workflow_trace_screenshot', 2), ('workflow_events', 2), ('workflow_steps', 1),
    ('user_workflow_run_step', 0), ('workflow_trace', 1), ('user_workflow_run', 0),
    ('workflow_configs', 1), ('user_workflow_config', 0)
) as d (relation, expected);
reset role;
select is(
    pg_temp.belongings_of_others(),
    (select b.belongings from before as b),
    'whatever North tried, nothing of the others has changed'
);

-- Across organisations ----------------------------------------------------------------------------

set local role workflow_maintenance;
set local app.current_org_id = '';
prepare foreign_step as
insert into public.user_workflow_run_step (run_id, org_id, node_id, step_number, legacy_trace_id)
values (
    '22222222-0000-4000-8000-00000000a001', '33333333-0000-4000-8000-000000000000',
    gen_random_uuid(), 2, 920001
);
select throws_ok(
    'foreign_step', '23503', null,
    'not even maintenance can attach a step of one organisation to the run of another'
);
prepare foreign_step_later as
update public.user_workflow_run_step set org_id = '33333333-0000-4000-8000-000000000000'
where step_id = '22222222-0000-4000-8000-00000000b001';
select throws_ok(
    'foreign_step_later', '23503', null,
    'not even maintenance can give a step to another organisation than its run'
);
select is(
    pg_temp.rows_of(
        'update public.user_workflow_run set org_id = ''33333333-0000-4000-8000-000000000000''
        where run_id = ''22222222-0000-4000-8000-00000000a001'''
    ),
    1,
    'maintenance can give a run to another organisation'
);
select is(
    (
        select s.org_id
        from public.user_workflow_run_step as s
        where s.step_id = '22222222-0000-4000-8000-00000000b001'
    ),
    '33333333-0000-4000-8000-000000000000'::uuid,
    'the steps of a run go with it to another organisation'
);
reset role;

select * from finish();
rollback;
