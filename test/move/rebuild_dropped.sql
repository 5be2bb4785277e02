-- rebuild_dropped: what somebody dropped by hand is there again. With sqitch: test_operations.py.

begin;
select plan(11);

create temporary table shown as select e.* from public.workflow_events as e;
create temporary table definition as
select
    t.ordinal,
    t.statement
from consolidation.table_definition('legacy.workflow_trace_context') as t
union all
select
    v.ordinal,
    v.statement
from consolidation.view_definition('public.workflow_events') as v;

select is(
    consolidation.rebuild_dropped(), 'tables: none, filled with 0 rows; views: none',
    'nothing is missing, nothing is made'
);
drop view public.workflow_events;
drop table legacy.workflow_trace_context cascade;
select is(
    consolidation.rebuild_dropped(),
    'tables: workflow_trace_context, filled with 0 rows, catch_up() fills them; views: '
    'workflow_events',
    'what is missing is made again'
);
select results_eq(
    $$
    select t.ordinal, t.statement
    from consolidation.table_definition('legacy.workflow_trace_context') as t
    union all
    select v.ordinal, v.statement
    from consolidation.view_definition('public.workflow_events') as v
    order by 1, 2
    $$,
    'select d.ordinal, d.statement from definition as d order by 1, 2',
    'as it was'
);
select set_eq(
    'select e.* from public.workflow_events as e', 'select s.* from shown as s',
    'the view shows what it showed'
);
select is((select count(*) from legacy.workflow_trace_context), 0::bigint, 'the table is empty')
from consolidation.change as c
where c.trace_id is null;
select is(
    (select count(*) from consolidation.change as c where c.trace_id is null), 1::bigint,
    'all runs wait in the queue'
);

-- A table in public is filled at once ----------------------------------------------------------

create temporary table kept as
select b.* from consolidation.back_endpoint as b;
truncate legacy.workflow_trace_endpoint, legacy.workflow_trace_context;
select is(
    consolidation.fill_dropped(array['workflow_trace_endpoint']), (select count(*) from kept),
    'a table is filled from the documents'
);
select set_eq(
    'select o.trace_id, o.endpoint_id from consolidation.old_endpoint as o',
    'select k.trace_id, k.endpoint_id from kept as k', 'with all they hold'
);
select is((select count(*) from legacy.workflow_trace_context), 0::bigint, 'and no other');
alter sequence legacy.workflow_steps_step_id_seq no maxvalue;
select lives_ok(
    $$ select consolidation.go_on_with_ids(array['workflow_steps']) $$, 'its ids go on'
);
select cmp_ok(
    nextval('legacy.workflow_steps_step_id_seq'), '>',
    (select max(s.step_id) from legacy.workflow_steps as s where s.step_id < 1000000000),
    'after the highest that its sequence gave'
);

select * from finish();
rollback;
