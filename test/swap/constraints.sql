-- Constraints of runs and steps, in the columns of the documents.

begin;
select plan(6);

select is_empty(
    'select from consolidation.old_constraint()',
    'the old tables of the baseline have none that the documents do not have anyway'
);
do $$
begin
    alter table legacy.workflow_trace
    add constraint named_end check ((end_time >= start_time) is not false) not valid,
    add constraint not_yet check (tier < 0) not valid,
    add constraint one_session unique (session_id, org_id) deferrable initially deferred;
    update pg_catalog.pg_constraint set convalidated = true where conname = 'named_end';
    create unique index one_step on legacy.workflow_steps ((end_time - start_time), node_id)
    where start_time is not null and step_id < 0;
end
$$;
select bag_eq(
    $$
    select t.called::text, t.definition
    from unnest(array['workflow_trace', 'workflow_steps']) as n (name)
    cross join lateral consolidation.translated_constraint(n.name) as t
    $$,
    $$
    values
    ('named_end', 'CHECK (((ended_at >= started_at) IS NOT FALSE))'),
    ('one_session', 'UNIQUE (legacy_session_id, org_id) DEFERRABLE INITIALLY DEFERRED'),
    (
        'one_step',
        'using btree (((ended_at - started_at)), node_id) WHERE '
        '((started_at IS NOT NULL) AND (legacy_step_id < 0))'
    )
    $$,
    'they are translated, but not one that is not valid'
);
select is(to_regclass('pg_temp.moving'), null, 'the copy is gone');
delete from public.user_workflow_run_step;
delete from public.user_workflow_run;
select consolidation.prepare_constraints();
select consolidation.prepare_constraints();
select is(
    (
        select count(*)::integer from pg_constraint as k
        where k.conrelid = 'public.user_workflow_run'::regclass and k.conname ~ '^moving_\d+$'
    ),
    2, 'prepared, each is there once, however often'
);
select consolidation.drop_prepared_constraints();
select is_empty(
    $$
    select from pg_class as c where c.relname ~ '^moving_'
    union all
    select from pg_constraint as k where k.conname ~ '^moving_'
    $$,
    'dropped, none is'
);
set local role workflow_app;
select throws_ok(
    'select consolidation.prepare_constraints()', '42501', null, 'applications cannot prepare any'
);
reset role;

select * from finish();
rollback;
