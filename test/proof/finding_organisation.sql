-- Findings about whose a row is.

begin;
select plan(7);

-- Before the cut-over: that is when they matter.
select consolidation.swap_to_tables();

select is_empty('select from consolidation.finding_screenshot', 'screenshots: nothing');
update public.workflow_trace_screenshot as s
set org_id = '22222222-0000-4000-8000-000000000000'
where s.trace_id = (select min(p.trace_id) from public.workflow_trace_screenshot as p);
select results_eq(
    $$
    select
        f.severity, f.kind, f.object,
        f.consequence like '% screenshots name another organisation than their run%trace_id %'
    from consolidation.finding_screenshot as f
    $$,
    $$ values ('notice', 'organisation', 'workflow_trace_screenshot', true) $$,
    'screenshots of another organisation than their run are named'
);
alter table public.workflow_trace_screenshot enable row level security;
select is(
    (select f.severity from consolidation.finding_screenshot as f), 'refuse',
    'and refused where they are isolated by their own'
);
alter table public.workflow_trace_screenshot disable row level security;
do $$
begin
    execute (select split_part(f.remedy, ';', 1) from consolidation.finding_screenshot as f);
end
$$;
select is_empty('select from consolidation.finding_screenshot', 'the remedy works as printed');

create temporary table found_before as select f.object from consolidation.finding_workflow as f;
insert into public.user_workflow_owner (workflow_id, org_id)
values ('22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000');
insert into public.micro_state (workflow_id, node_id, dom_snapshot, action_json)
values (
    '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-00000000e001', '', '{}'
);
prepare found as
select f.severity, f.kind, f.object, f.consequence
from consolidation.finding_workflow as f
where f.object not in (select b.object from found_before as b);
select is_empty('found', 'a workflow of one organisation is no finding');
insert into public.workflow_configs (
    org_id, workflow_id, name, config_type, config_data, created_by
)
select
    o.org_id, '22222222-0000-4000-8000-00000000c001', 'a', 'a', '1',
    '22222222-0000-4000-8000-00000000d001'
from (
    values
    ('11111111-0000-4000-8000-000000000000'::uuid), ('22222222-0000-4000-8000-000000000000')
) as o (org_id);
select results_eq(
    'found',
    $$
    values (
        'notice', 'page states', 'workflow 22222222-0000-4000-8000-00000000c001',
        '1 page states will be those of organisation 22222222-0000-4000-8000-000000000000, which '
        'had the workflow first; also used by 11111111-0000-4000-8000-000000000000'
    )
    $$,
    'a workflow with page states that two organisations used is named'
);
delete from public.micro_state as m
where m.workflow_id = '22222222-0000-4000-8000-00000000c001';
select is_empty('found', 'without page states nobody loses anything');

select * from finish();
rollback;
