-- What was prepared takes its name, and gives it back.

begin;
select plan(6);

select is_empty(
    'select from consolidation.other_default()', 'the baseline has no other defaults'
);
do $$
begin
    alter table legacy.workflow_trace alter column channel set default 'web';
    alter table legacy.workflow_trace alter column status drop default;
    alter table legacy.workflow_trace_screenshot alter column element_found set default true;
end
$$;
select bag_eq(
    $$
    select o.relation::text, o.column_name::text, o.wanted
    from consolidation.other_default() as o
    $$,
    $$
    values
    ('workflow_trace', 'channel', '''web''::text'),
    ('user_workflow_run', 'channel', '''web''::text'), ('workflow_trace', 'status', 'null'),
    ('workflow_trace_screenshot', 'element_found', 'true')
    $$,
    'a default that differs is one of the old name, and of the document'
);
do $$
begin
    alter table legacy.workflow_trace add constraint no_tier check (tier >= 0) not valid;
    update pg_catalog.pg_constraint set convalidated = true where conname = 'no_tier';
    create unique index one_note on legacy.workflow_trace (external_id) where trace_id < -99;
end
$$;
delete from public.user_workflow_run_step;
delete from public.user_workflow_run;
select consolidation.prepare_constraints();
select consolidation.hand_over_constraints();
select throws_ok(
    $$
    insert into public.workflow_trace (org_id, workflow_id, created_by, status, tier)
    select o.id, o.id, o.id, 'new', -1
    from (values ('11111111-0000-4000-8000-000000000000'::uuid)) as o (id)
    $$,
    '23514', null, 'a check holds on the document, and the old name has the default of the table'
);
select bag_eq(
    $$
    select k.conname::text from pg_constraint as k where k.conname = 'no_tier'
    union all
    select c.relname::text from pg_class as c where c.relname = 'one_note'
    $$,
    $$ values ('no_tier'), ('no_tier'), ('one_note'), ('one_note') $$,
    'under the name that it has on the old table'
);
select consolidation.hand_back_constraints();
select bag_eq(
    $$
    select k.conrelid::regclass::text from pg_constraint as k where k.conname = 'no_tier'
    union all
    select i.indrelid::regclass::text from pg_index as i
    inner join pg_class as c on c.oid = i.indexrelid
    where c.relname = 'one_note'
    $$,
    $$ values ('legacy.workflow_trace'), ('legacy.workflow_trace') $$,
    'handed back, it is there only'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.hand_back_constraints()', '42501', null,
    'applications cannot hand any back'
);
reset role;

select * from finish();
rollback;
