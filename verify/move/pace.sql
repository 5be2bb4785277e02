-- Verify workflow_consolidation:move/pace on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'the functions of move/pace are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.stop_backfill(integer)',
            'consolidation.is_asked_to_stop()',
            'consolidation.check_pace(interval,interval,interval)',
            'consolidation.standby_lag()',
            'consolidation.rest(timestamptz,interval,interval,boolean)',
            'consolidation.next_size(integer,bigint,interval,interval)'
        ]
    )
);

rollback;
