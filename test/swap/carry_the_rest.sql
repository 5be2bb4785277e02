-- carry_the_rest: what came in last is carried back and compared, while everybody waits.

begin;
select plan(9);

delete from consolidation.change;
select lives_ok(
    'select consolidation.carry_the_rest()', 'with an empty queue there is nothing to do'
);

update public.user_workflow_run set status = 'carried'
where legacy_trace_id in (1, 2);
select is(
    (select count(*)::integer from consolidation.change), 2,
    'a write to the documents is in the queue'
);
select lives_ok('select consolidation.carry_the_rest()', 'it is carried back');
select results_eq(
    $$
    select t.trace_id, t.status
    from legacy.workflow_trace as t
    where t.trace_id in (1, 2)
    order by t.trace_id
    $$,
    $$ values (1::bigint, 'carried'), (2, 'carried') $$,
    'into the old tables'
);
select is_empty('select from consolidation.change', 'and the queue is empty');

insert into consolidation.change (trace_id) select * from generate_series(700001, 710000);
create temporary table began as select clock_timestamp() as at;
select throws_ok(
    'select consolidation.carry_the_rest()', '55P03', null,
    'too much to be carried while everybody waits gives the locks back'
);
select cmp_ok(
    clock_timestamp() - b.at, '<', interval '1 second', 'as soon as the time is over'
)
from began as b;
delete from consolidation.change;
update public.user_workflow_run
set events = (
    select jsonb_agg(jsonb_build_object('type', 'a', 'timestamp', '2025-01-14T10:30:00Z'))
    from generate_series(1, 2001) as n
)
where legacy_trace_id = 1;
select throws_like(
    'select consolidation.carry_the_rest()', 'trace_id 1 has 20%',
    'a run that is too large is named, and not touched'
);
delete from consolidation.change;
insert into consolidation.change (trace_id) values (null);
select throws_ok(
    'select consolidation.carry_the_rest()', '55P03', null, 'and so does a truncate'
);

select * from finish();
rollback;
