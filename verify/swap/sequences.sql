-- Verify workflow_consolidation:swap/sequences on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    table_name,
    column_name,
    sequence_name
from consolidation.id_sequence
where false;

select consolidation.claim(
    'the views of swap/sequences ask with the rights of the caller',
    (
        select count(*) = 1
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.id_sequence'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

select consolidation.claim(
    'the functions of swap/sequences are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.continue_sequence(regclass,regclass,boolean)',
                'consolidation.hand_over_sequences()',
                'consolidation.hand_back_sequences()'
            ]::regprocedure []
        ) as f (routine)
    )
);

select consolidation.claim(
    'each id of the old tables has its sequence',
    (
        select array_agg(s.sequence_name order by s.sequence_name) = array[
            'workflow_events_event_id_seq', 'workflow_steps_step_id_seq',
            'workflow_trace_context_context_id_seq', 'workflow_trace_trace_id_seq'
        ]
        from consolidation.id_sequence as s
    )
);

rollback;
