-- Findings about documents: names that are taken, sizes that PostgreSQL does not allow.

begin;
select plan(7);

select is_empty('select from consolidation.finding_name', 'finding_name: nothing');
select is_empty('select from consolidation.finding_size', 'finding_size: nothing');

-- Before the cut-over, when the names are still to be given away.
select consolidation.swap_to_tables();
create table public.user_workflow_config (id integer);
select is(
    (select concat_ws(' | ', f.object, f.remedy) from consolidation.finding_name as f),
    'public.user_workflow_config | set lock_timeout = ''2s''; alter table '
    'public.user_workflow_config rename to own_user_workflow_config; -- rewrites nothing; its '
    'users have to name it so',
    'what has a name that the cut-over gives away is named, with the statement that renames it'
);
select throws_ok(
    'call consolidation.refuse_findings()', '55000', null, 'a name that is taken stops the deploy'
);
insert into consolidation.accepted (kind, object, reason)
values ('name', 'public.user_workflow_config', 'is not to be accepted');
select is(
    (
        select p.severity from consolidation.preflight as p
        where p.object = 'public.user_workflow_config'
    ),
    'refuse',
    'a name that is taken cannot be accepted'
);
drop table public.user_workflow_config;

-- Four images of 68 MB in one step; they take little room, being all the same character. Less
-- than a second with lz4, 20 with pglz and triggers that keep the new rows.
alter table public.workflow_trace_screenshot disable trigger user;
alter table public.workflow_events disable trigger user;
set local default_toast_compression = 'lz4';
insert into public.workflow_trace_screenshot (
    trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
)
select
    s.trace_id,
    t.org_id,
    'n',
    s.step_number,
    repeat('x', 68000000),
    'a',
    s.node_id
from (select * from public.workflow_steps order by step_id limit 1) as s
inner join public.workflow_trace as t on t.trace_id = s.trace_id
cross join generate_series(1, 4);
select matches(
    (select format('%s: %s', f.object, f.consequence) from consolidation.finding_size as f),
    '^screenshots of trace_id \S+, step_id \S+: would be 259 MB',
    'screenshots of a step that do not fit into one document are named with their size'
);
insert into public.workflow_events (trace_id, event_type, event_data)
select
    (select min(t.trace_id) from public.workflow_trace as t where t.trace_id > 0),
    'large',
    to_jsonb(repeat('x', 68000000))
from generate_series(1, 4);
select is(
    (select count(*) from consolidation.finding_size),
    2::bigint,
    'so are events'
);

select * from finish();
rollback;
