-- Verify workflow_consolidation:backfill on pg

begin;

select
    chunk_id,
    first_trace_id,
    last_trace_id,
    traces,
    started_at,
    finished_at
from consolidation.chunk
where false;

select
    phase,
    runs_total,
    runs_done,
    percent,
    runs_per_second,
    time_left,
    queue_depth
from consolidation.progress
where false;

select 1 / (case when count(*) = 7 then 1 else 0 end) as not_for_applications
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.enter_batch()'::regprocedure,
        'consolidation.plan_chunks(integer)'::regprocedure,
        'consolidation.carry_chunk()'::regprocedure,
        'consolidation.carry_changes(integer)'::regprocedure,
        'consolidation.note_everything()'::regprocedure,
        'consolidation.catch_up(integer,interval)'::regprocedure,
        'consolidation.backfill(integer)'::regprocedure
    )
    and not has_function_privilege('workflow_app', oid, 'execute');

select 'consolidation.check_batch_size(integer)'::regprocedure;

-- They find the old tables wherever the phase keeps them.
select 1 / (case when count(*) = 3 then 1 else 0 end) as follow_the_old_tables
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.plan_chunks(integer)'::regprocedure,
        'consolidation.carry_chunk()'::regprocedure,
        'consolidation.note_everything()'::regprocedure
    )
    and proconfig @> '{"search_path=legacy, public, pg_temp"}';

select 1 / count(*) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where oid = 'consolidation.progress'::regclass and reloptions = '{security_invoker=true}';

select 1 / count(*) as open_ranges_are_found
from pg_catalog.pg_index
where indexrelid = 'consolidation.chunk_open_idx'::regclass and indisvalid;

rollback;
