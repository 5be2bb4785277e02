-- Sequences: ids go on where they stand, under the same names.

begin;
select plan(26);

select has_sequence('public', s.name, format('the old sequence %s is there', s.name))
from unnest(
    array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq', 'workflow_events_event_id_seq',
        'workflow_trace_context_context_id_seq', 'micro_state_micro_state_id_seq'
    ]::name []
) as s (name);
select is(
    (n.seqincrement, n.seqcache, n.seqcycle),
    (o.seqincrement, o.seqcache, o.seqcycle),
    format('the sequence %s has the options of the old one', s.name)
)
from unnest(
    array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq', 'workflow_events_event_id_seq',
        'workflow_trace_context_context_id_seq'
    ]
) as s (name)
inner join pg_sequence as n on n.seqrelid = format('public.%I', s.name)::regclass
inner join pg_sequence as o on o.seqrelid = format('legacy.%I', s.name)::regclass;
select is(
    pg_get_serial_sequence(i.relation, i.column_name), i.sequence_name,
    format('new rows of %s take their ids from the old sequence', i.relation)
)
from (
    values
    ('public.user_workflow_run', 'legacy_trace_id', 'public.workflow_trace_trace_id_seq'),
    ('public.user_workflow_run_step', 'legacy_step_id', 'public.workflow_steps_step_id_seq')
) as i (relation, column_name, sequence_name);

select throws_ok(
    format('select nextval(%L)', 'legacy.' || s.name), '2200H', null,
    format('the retired sequence %s gives no number any more', s.name)
)
from unnest(
    array['workflow_steps_step_id_seq', 'workflow_trace_context_context_id_seq']
) as s (name);
create sequence public.downwards increment by -1 minvalue -5 maxvalue -1;
create sequence public.its_successor increment by -1 minvalue -5 maxvalue -1;
select lives_ok(
    $$ select consolidation.retire_sequence('public.downwards', 'public.its_successor') $$,
    'a sequence that nobody used is retired'
);
select throws_ok(
    'select nextval(''public.downwards'')', '2200H', null, 'it gives none either'
);
select is(nextval('public.its_successor'), -1::bigint, 'its successor begins where it stood');

-- There and back ----------------------------------------------------------------------------------

create role counting;
grant usage on sequence public.workflow_events_event_id_seq to counting;
select setval('public.workflow_trace_trace_id_seq', 500000);
alter sequence public.workflow_events_event_id_seq increment by 7 cache 3 cycle;
select lives_ok(
    $$
    select consolidation.continue_sequence(
        'public.workflow_trace_trace_id_seq', 'legacy.workflow_trace_trace_id_seq', false
    )
    $$,
    'a sequence goes on where another stands'
);
select is(
    nextval('legacy.workflow_trace_trace_id_seq'), 500001::bigint,
    'its next number is the next of the other'
);
select lives_ok(
    $$
    select consolidation.continue_sequence(
        'public.workflow_events_event_id_seq', 'legacy.workflow_events_event_id_seq', false
    )
    $$,
    'with the options and privileges of the other'
);
select results_eq(
    $$
    select s.seqincrement, s.seqcache, s.seqcycle
    from pg_sequence as s
    where s.seqrelid = 'legacy.workflow_events_event_id_seq'::regclass
    $$,
    $$ values (7::bigint, 3::bigint, true) $$,
    'an option that was changed meanwhile goes along'
);
select ok(
    has_sequence_privilege('counting', 'legacy.workflow_events_event_id_seq', 'usage'),
    'a privilege that was granted meanwhile goes along'
);
select results_eq(
    $$ select s.table_name, s.column_name, s.sequence_name from consolidation.id_sequence as s
    order by s.table_name $$,
    $$
    values
    ('workflow_events', 'event_id', 'workflow_events_event_id_seq'),
    ('workflow_steps', 'step_id', 'workflow_steps_step_id_seq'),
    ('workflow_trace', 'trace_id', 'workflow_trace_trace_id_seq'),
    ('workflow_trace_context', 'context_id', 'workflow_trace_context_context_id_seq')
    $$,
    'four of the six tables have ids of their own'
);
select ok(
    has_sequence_privilege('workflow_maintenance', 'public.' || s.sequence_name, 'usage')
    or s.table_name in ('workflow_trace', 'workflow_steps'),
    format('the triggers can take ids of %s', s.table_name)
)
from consolidation.id_sequence as s;

select * from finish();
rollback;
