-- Findings: what holds on old rows and cannot hold on elements of documents.

begin;
select plan(2);

select is_empty(
    $$
    select f.kind, f.object from consolidation.finding_constraint as f
    union all
    select f.kind, f.object from consolidation.finding_unique_index as f
    union all
    select f.kind, f.object from consolidation.finding_key_behaviour as f
    union all
    select f.kind, f.object from consolidation.finding_narrow_column as f
    union all
    select f.kind, f.object from consolidation.finding_not_null as f
    $$,
    'the baseline has none'
);
do $$
begin
    alter table legacy.workflow_events add constraint known check (event_type <> 'x') not valid;
    alter table legacy.workflow_trace add constraint not_yet check (tier < 0) not valid;
    alter table legacy.workflow_trace add constraint moves check (tier is not null) not valid;
    update pg_catalog.pg_constraint set convalidated = true where conname in ('known', 'moves');
    create unique index one_url on legacy.workflow_trace_screenshot (screenshot_url, screenshot_id);
    update legacy.workflow_trace_context set updated_at = now() where updated_at is null;
    alter table legacy.workflow_trace_context alter column updated_at set not null;
    alter table legacy.workflow_steps drop constraint workflow_steps_trace_id_fkey,
    add constraint restricting foreign key (trace_id) references legacy.workflow_trace (trace_id)
    on delete restrict;
end
$$;
select bag_eq(
    $$
    select p.severity, p.kind, p.object, p.remedy is not null
    from consolidation.preflight as p
    where p.kind in (
        'constraint', 'unique index', 'not null', 'key between old tables', 'narrow column'
    )
    $$,
    $$
    values
    ('refuse', 'constraint', 'known on workflow_events', true),
    ('refuse', 'constraint', 'not_yet on workflow_trace', true),
    ('refuse', 'unique index', 'one_url on workflow_trace_screenshot', true),
    ('refuse', 'not null', 'workflow_trace_context.updated_at', true),
    ('refuse', 'key between old tables', 'restricting on workflow_steps', true)
    $$,
    'each is named, with what can be done; one that can hold on a document is not'
);

select * from finish();
rollback;
