-- Verify workflow_consolidation:move/take_locks on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that take locks',
    consolidation.loose_function(
        array[
            'consolidation.lock_holders(regclass[])',
            'consolidation.give_way(integer)',
            'consolidation.whole_seconds(interval)',
            'consolidation.milliseconds_since(timestamptz)',
            'consolidation.end_autovacuum(regclass[])',
            'consolidation.take_locks(regclass[],text,interval,interval)',
            'consolidation.keep_batches_out(interval)'
        ]
    )
);

select consolidation.claim(
    'applications cannot lock or write the table run_lock',
    has_table_privilege(
        'workflow_app',
        to_regclass('consolidation.run_lock'),
        'insert, update, delete, truncate'
    ) is false
);

select consolidation.claim(
    'run_lock has a row for each of the 256 locks on runs',
    (select count(*) = 256 from consolidation.run_lock as l where l.bucket between 0 and 255)
);

rollback;
