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

rollback;
