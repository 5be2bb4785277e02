-- Verify workflow_consolidation:move/progress on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view progress has all its columns',
    array(
        select unnest(
            array[
                'phase', 'runs_total', 'runs_done', 'percent', 'runs_per_second', 'time_left',
                'queue_depth', 'steps_done', 'steps_estimated', 'events_done', 'events_estimated',
                'runs_to_prove', 'runs_proved', 'unequal_runs', 'proved_per_second',
                'proof_time_left'
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
    'the views of move/progress read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'progress', 'progress_by_session'
            ]
        ) as v (name)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'the functions of move/progress are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.estimated_rows(text)',
            'consolidation.progress_line(text)',
            'consolidation.done_line(text,bigint,timestamptz)'
        ]
    )
);

rollback;
