-- Verify workflow_consolidation:swap/sequences on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view id_sequence has all its columns',
    array(
        select unnest(array['table_name', 'column_name', 'sequence_name'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.id_sequence') and not a.attisdropped
    )
);

select consolidation.claim(
    'the view id_sequence reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.id_sequence')
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions that move the sequences',
    consolidation.loose_function(
        array[
            'consolidation.continue_sequence(regclass,regclass,boolean)',
            'consolidation.hand_over_sequences()',
            'consolidation.hand_back_sequences()',
            'consolidation.drop_retired_sequences()',
            'consolidation.retire_sequence(regclass,regclass)',
            'consolidation.retire_sequences()'
        ]
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
        -- Screenshots have numbers in some databases.
        where s.column_name <> 'screenshot_id'
    )
);

rollback;
