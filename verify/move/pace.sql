-- Verify workflow_consolidation:move/pace on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

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

select consolidation.claim(
    'applications cannot lock or write the table stop_request',
    has_table_privilege(
        'workflow_app',
        to_regclass('consolidation.stop_request'),
        'insert, update, delete, truncate'
    ) is false
);

rollback;
