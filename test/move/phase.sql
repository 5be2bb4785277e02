-- Where the database stands.

begin;
select plan(15);

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

select * from finish();
rollback;
