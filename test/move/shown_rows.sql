-- shown_rows: what the documents show of given runs, without reading the others.

begin;
select plan(9);

create temporary table some_run as
select s.legacy_trace_id as trace_id
from public.user_workflow_run_step as s
where s.events <> '[]' and s.screenshots <> '[]' and s.legacy_trace_id > 0
order by s.legacy_trace_id limit 1;

select set_eq(
    'select x.* from some_run as o, consolidation.shown_steps(array[o.trace_id]) as x',
    'select x.* from some_run as o, consolidation.back_step as x where x.trace_id = o.trace_id',
    'shown_steps() returns the steps of a run'
);
select bag_eq(
    'select x.* from some_run as o, consolidation.shown_events(array[o.trace_id]) as x',
    'select x.* from some_run as o, consolidation.back_event as x where x.trace_id = o.trace_id',
    'shown_events() returns its events'
);
select bag_eq(
    'select x.* from some_run as o, consolidation.shown_screenshots(array[o.trace_id]) as x',
    'select x.* from some_run as o, consolidation.back_screenshot as x
    where x.trace_id = o.trace_id',
    'shown_screenshots() returns its screenshots'
);

-- As carry_back() sets it. A table of 10^8 rows read once a batch would be the end of it.
set local enable_seqscan = off;
set local enable_nestloop = off;
set local enable_mergejoin = off;

-- Rows that came from scans of the table and of its indexes.
create function pg_temp.rows_read(wanted regclass)
returns numeric
language sql
return (
    select
        pg_stat_get_xact_tuples_returned(wanted) + pg_stat_get_xact_tuples_fetched(wanted)
        + sum(pg_stat_get_xact_tuples_fetched(i.indexrelid))
    from pg_index as i
    where i.indrelid = wanted
);
create temporary table rows_before as
select
    t.relation,
    t.how_many,
    pg_temp.rows_read(t.relation) as was_read
from (
    values
    ('public.user_workflow_run'::regclass, (select count(*) from public.user_workflow_run)),
    ('public.user_workflow_run_step', (select count(*) from public.user_workflow_run_step)),
    ('legacy.workflow_trace', (select count(*) from legacy.workflow_trace)),
    ('legacy.workflow_steps', (select count(*) from legacy.workflow_steps)),
    ('legacy.workflow_events', (select count(*) from legacy.workflow_events)),
    (
        'legacy.workflow_trace_screenshot',
        (select count(*) from legacy.workflow_trace_screenshot)
    )
) as t (relation, how_many);
select consolidation.take_out(array[o.trace_id]), consolidation.put_in(array[o.trace_id])
from some_run as o;
select cmp_ok(
    (pg_temp.rows_read(b.relation) - b.was_read)::bigint, '<', b.how_many / 2,
    format('carrying a run back reads little of %s', b.relation)
)
from rows_before as b;

select * from finish();
rollback;
