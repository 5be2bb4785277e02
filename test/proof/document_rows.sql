-- The rows of some runs in words, as the documents show them.

begin;
select plan(5);

select has_function(
    'consolidation', f.name, array['bigint[]'], format('there is %s(bigint[])', f.name)
)
from unnest(array['new_rows', 'new_rows_of_runs', 'new_rows_of_elements']) as f (name);

prepare together as
select n.ordinal, n.key, n.content, n.arrangement, n.place
from consolidation.new_rows(array(select t.trace_id from legacy.workflow_trace as t)) as n;
prepare apart as
select r.ordinal, r.key, r.content, r.arrangement, r.place
from consolidation.new_rows_of_runs(array(select t.trace_id from legacy.workflow_trace as t)) as r
union all
select e.ordinal, e.key, e.content, e.arrangement, e.place
from consolidation.new_rows_of_elements(
    array(select t.trace_id from legacy.workflow_trace as t)
) as e;
select bag_eq('together', 'apart', 'rows of runs and of elements are all there are');
select set_eq(
    'select e.ordinal from consolidation.new_rows_of_elements(
        array(select t.trace_id from legacy.workflow_trace as t)
    ) as e',
    array[3, 4], 'elements are events and screenshots'
);

select * from finish();
rollback;
