-- uncarriable: old rows that the documents cannot hold, each with the statement that would repair
-- it.

begin;
select plan(8);

select is_empty(
    'select from consolidation.uncarriable()',
    'rows that were carried over are carriable'
);

-- Hospital North (1…).
insert into legacy.workflow_trace (trace_id, org_id, workflow_id, channel, created_by, status)
values
(
    910001, '11111111-0000-4000-8000-000000000000', null, 'web',
    '11111111-0000-4000-8000-00000000d001', 'pending'
),
(
    910002, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', null,
    null, null
),
(
    910003, '11111111-0000-4000-8000-000000000000', '11111111-0000-4000-8000-00000000c001', 'web',
    '11111111-0000-4000-8000-00000000d001', 'a state nobody knows'
);
insert into legacy.workflow_steps (step_id, trace_id, step_number, node_id)
values
(910101, 910003, 1, null),
(910102, 910003, 2, '11111111-0000-4000-8000-00000000e002');
insert into legacy.workflow_events (event_id, trace_id, step_id, event_type, event_data)
values
(910901, 910001, 910102, 'a', '1'),
(910902, 910003, 910102, 'a', '1'),
(910903, 910003, null, '', 'null');

select bag_eq(
    'select u.table_name, u.kind from consolidation.uncarriable() as u',
    $$
    values
    ('workflow_trace', 'workflow_id is null'), ('workflow_trace', 'channel is null'),
    ('workflow_trace', 'created_by is null'), ('workflow_trace', 'status is null'),
    ('workflow_steps', 'node_id is null'),
    ('workflow_events', 'the step belongs to another run')
    $$,
    'every kind of row that cannot be carried is listed, once for each reason'
);
select is_empty(
    $$
    select u.* from consolidation.uncarriable() as u
    where u.key !~ '9(10001|10002|10101|10901)'
    or u.repair !~ '^update workflow_\w+ set .* where .*;'
    $$,
    'each names the row, and the statement that would repair it'
);
select results_eq(
    $$
    select p.severity, p.kind, count(*)::integer from consolidation.preflight as p
    where p.kind = 'row'
    group by p.severity, p.kind
    $$,
    $$ values ('refuse', 'row', 6) $$,
    'the preflight refuses because of each kind'
);

-- The statements repair, once a person has put in what only a person can know.
create function pg_temp.repair_all()
returns integer
language plpgsql
as $$
declare
    found record;
    repaired integer := 0;
begin
    set local search_path = legacy, public;
    for found in select u.repair, u.kind from consolidation.uncarriable() as u loop
        execute replace(
            split_part(found.repair, ' --', 1),
            '...',
            case
                when found.kind ~ '^(workflow_id|created_by|node_id)'
                    then '''11111111-0000-4000-8000-00000000c001'''
                else '''web'''
            end
        );
        repaired := repaired + 1;
    end loop;
    set local search_path = public;
    return repaired;
end;
$$;
select is(pg_temp.repair_all(), 6, 'each statement can be executed');
select is_empty('select from consolidation.uncarriable()', 'what was repaired is carriable');
select lives_ok(
    'select consolidation.consolidate(array[910001, 910002, 910003])',
    'what was repaired can be carried over'
);
select is_empty(
    'select from consolidation.differences(trace_ids => array[910001, 910002, 910003])',
    'what was repaired arrives'
);

select * from finish();
rollback;
