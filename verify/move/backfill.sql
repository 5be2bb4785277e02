-- Verify workflow_consolidation:move/backfill on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'the table chunk has all its columns',
    array(
        select unnest(
            array[
                'chunk_id', 'first_trace_id', 'last_trace_id', 'traces', 'steps', 'events', 'pid',
                'started_at', 'finished_at'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.chunk') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the view progress has all its columns',
    array(
        select unnest(
            array[
                'phase', 'runs_total', 'runs_done', 'percent', 'runs_per_second', 'time_left',
                'queue_depth', 'steps_done', 'steps_estimated', 'events_done', 'events_estimated'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.progress') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the view progress_by_session has all its columns',
    array(
        select unnest(
            array[
                'pid', 'runs_done', 'batches', 'last_batch_time', 'runs_at_hand', 'at_hand_since'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.progress_by_session') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions of the backfill',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.enter_batch()',
                'consolidation.plan_chunks()',
                'consolidation.claim_chunk(integer)',
                'consolidation.carry_chunk(bigint)',
                'consolidation.carry_changes(integer)',
                'consolidation.note_everything()',
                'consolidation.catch_up(integer,interval)',
                'consolidation.estimated_rows(text)',
                'consolidation.check_pace(interval,interval,interval)',
                'consolidation.standby_lag()',
                'consolidation.stop_backfill(integer)',
                'consolidation.is_asked_to_stop()',
                'consolidation.backfill(integer,interval,interval,interval)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

select consolidation.claim(
    'the function check_batch_size() exists',
    to_regprocedure('consolidation.check_batch_size(integer)') is not null
);

select consolidation.claim_none(
    'the batches find the old tables in legacy and in public',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.plan_chunks()',
                'consolidation.claim_chunk(integer)',
                'consolidation.carry_chunk(bigint)',
                'consolidation.note_everything()'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and p.proconfig @> '{"search_path=legacy, public, pg_temp"}'
        )
    )
);

select consolidation.claim_none(
    'the views of the progress read with the rights of the caller',
    array(
        select v.name
        from unnest(array['progress', 'progress_by_session']) as v (name)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim(
    'a valid index finds the open ranges of the backfill',
    exists (
        select from pg_catalog.pg_index as i
        where i.indexrelid = to_regclass('consolidation.chunk_open_idx') and i.indisvalid
    )
);

rollback;
