-- Verify workflow_consolidation:swap/attempts on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that try to swap',
    consolidation.loose_function(
        array[
            'consolidation.swap_locks()',
            'consolidation.plan_swap()',
            'consolidation.try_to_swap(text,integer)',
            'consolidation.empty_queue(integer,timestamptz)',
            'consolidation.swap(text,interval)',
            'consolidation.queued_runs()'
        ]
    )
);

rollback;
