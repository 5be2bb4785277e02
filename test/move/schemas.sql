-- The schemas, and where the database stands.

begin;
select plan(25);

select has_schema('consolidation', 'there is a schema for the move');
select has_schema('legacy', 'there is a schema for the old tables');
select is(consolidation.phase(), 'cut over', 'the old names are views, the old tables are kept');
select is(
    consolidation.old_table(t.name), format('legacy.%I', t.name)::regclass,
    format('the old table %s is found in legacy', t.name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as t (name);
select is(
    consolidation.old_name(t.name), format('public.%I', t.name)::regclass,
    format('the old name %s is found in public', t.name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as t (name);
select is(consolidation.old_table('no table; drop'), null, 'an unknown table is none');
select is(consolidation.old_name('no name; drop'), null, 'an unknown name is none');

select ok(consolidation.is_deployed('mapping/keys'), 'a change whose script has ended is deployed');
select ok(not consolidation.is_deployed('no change; drop'), 'an unknown change is not');
select ok(
    consolidation.is_reverted('no change; drop'), 'a change that was never deployed is reverted'
);
select ok(
    not consolidation.is_reverted('cache_state_isolation'),
    'the last change is there to be reverted'
);
prepare revert_too_early as select consolidation.is_reverted('mapping/keys');
select throws_ok(
    'revert_too_early', '55000', null, 'no change is reverted before those that came after it'
);

-- What verify scripts say.
prepare claim_of_falsehood as select consolidation.claim('two and two are five', false);
prepare claim_of_nothing as select consolidation.claim('nobody knows', null);
select lives_ok(
    'select consolidation.claim(''two and two are four'', true)',
    'a claim that holds raises nothing'
);
select throws_ok(
    'claim_of_falsehood', 'P0004', 'two and two are five', 'one that does not raises its sentence'
);
select throws_ok(
    'claim_of_nothing', 'P0004', null, 'and so does one of which nothing is known'
);

select * from finish();
rollback;
