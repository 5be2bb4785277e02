-- Verify workflow_consolidation:move/backfill on pg

begin;

select
    chunk_id,
    first_trace_id,
    last_trace_id,
    traces,
    steps,
    events,
    pid,
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
    queue_depth,
    steps_done,
    steps_estimated,
    events_done,
    events_estimated
from consolidation.progress
where false;

select
    pid,
    runs_done,
    batches,
    last_batch_time,
    runs_at_hand,
    at_hand_since
from consolidation.progress_by_session
where false;

select 1 / (case when count(*) = 13 then 1 else 0 end) as not_for_applications
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.enter_batch()'::regprocedure,
        'consolidation.plan_chunks()'::regprocedure,
        'consolidation.claim_chunk(integer)'::regprocedure,
        'consolidation.carry_chunk(bigint)'::regprocedure,
        'consolidation.carry_changes(integer)'::regprocedure,
        'consolidation.note_everything()'::regprocedure,
        'consolidation.catch_up(integer,interval)'::regprocedure,
        'consolidation.estimated_rows(text)'::regprocedure,
        'consolidation.check_pace(interval,interval,interval)'::regprocedure,
        'consolidation.standby_lag()'::regprocedure,
        'consolidation.stop_backfill(integer)'::regprocedure,
        'consolidation.is_asked_to_stop()'::regprocedure,
        'consolidation.backfill(integer,interval,interval,interval)'::regprocedure
    )
    and not has_function_privilege('workflow_app', oid, 'execute');

select 'consolidation.check_batch_size(integer)'::regprocedure;

-- They find the old tables wherever the phase keeps them.
select 1 / (case when count(*) = 4 then 1 else 0 end) as follow_the_old_tables
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.plan_chunks()'::regprocedure,
        'consolidation.claim_chunk(integer)'::regprocedure,
        'consolidation.carry_chunk(bigint)'::regprocedure,
        'consolidation.note_everything()'::regprocedure
    )
    and proconfig @> '{"search_path=legacy, public, pg_temp"}';

select 1 / (case when count(*) = 2 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (
        'consolidation.progress'::regclass, 'consolidation.progress_by_session'::regclass
    )
    and reloptions = '{security_invoker=true}';

select 1 / count(*) as open_ranges_are_found
from pg_catalog.pg_index
where indexrelid = 'consolidation.chunk_open_idx'::regclass and indisvalid;

rollback;
