-- The old tables as they were before they were dropped, with indexes that wait for the rows.

begin;
select plan(8);

comment on index legacy.workflow_events_timestamp_idx is 'for reports';
create temporary table index_before as
select
    pg_get_indexdef(i.indexrelid) as definition,
    obj_description(i.indexrelid, 'pg_class') as comment
from pg_index as i
inner join pg_class as c on c.oid = i.indrelid
where c.relnamespace = 'legacy'::regnamespace;
create function pg_temp.has_index(name text)
returns boolean
language sql
return to_regclass(format('legacy.%I', name)) is not null;

delete from consolidation.proof;
select consolidation.forget_old_tables();
-- As at the end of try_to_drop().
select consolidation.stop_capture('public.user_workflow_run');
select consolidation.stop_capture('public.user_workflow_run_step');
delete from consolidation.change;
select lives_ok('select consolidation.rebuild_old_tables()', 'the old tables are created again');
select is(
    (select concat(consolidation.phase(), ' ', count(*)) from consolidation.old_event),
    'cut over 0', 'they are empty'
);
select results_eq(
    'select c.trace_id from consolidation.change as c', 'values (null::bigint)',
    'every run waits to be carried back'
);
select ok(
    pg_temp.has_index('workflow_events_trace_id_idx')
    and pg_temp.has_index('workflow_events_pkey'),
    'keys and what finds the rows of a run are there from the beginning'
);
select ok(
    not pg_temp.has_index('workflow_events_timestamp_idx'), 'other indexes wait for the rows'
);
create temporary table built as
with recursive turn (number, was_built) as (
    select 1, consolidation.build_late_index()
    union all
    select t.number + 1, consolidation.build_late_index() from turn as t where t.was_built
)

select count(*) filter (where t.was_built) as indexes from turn as t;
select cmp_ok((select b.indexes from built as b), '>', 5::bigint, 'they are built one by one');
select is_empty('select from consolidation.dropped_table', '… until none is left');
select set_eq(
    $$
    select pg_get_indexdef(i.indexrelid), obj_description(i.indexrelid, 'pg_class')
    from pg_index as i
    inner join pg_class as c on c.oid = i.indrelid
    where c.relnamespace = 'legacy'::regnamespace
    $$,
    'select b.definition, b.comment from index_before as b', 'all are as they were'
);

select * from finish();
rollback;
