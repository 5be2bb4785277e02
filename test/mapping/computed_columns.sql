-- computed_columns: which columns an old table lacks, and what stands in their place. The tables of
-- this database have all columns; the view of one promises another one for these tests.

begin;
select plan(13);

select is_empty(
    $$
    select from unnest(consolidation.six_tables()) as n (name)
    cross join lateral consolidation.computed_column(n.name)
    $$,
    'with the columns of the baseline, none is computed'
);
select set_eq(
    $$
    select
        n.name,
        consolidation.part_of(n.name)
    from unnest(consolidation.six_tables()) as n (name)
    $$,
    $$
    values
    ('workflow_trace', 'trace'), ('workflow_steps', 'step'), ('workflow_events', 'event'),
    ('workflow_trace_screenshot', 'screenshot'), ('workflow_trace_context', 'context'),
    ('workflow_trace_endpoint', 'endpoint')
    $$,
    'the views on an old table have a part of its name'
);

-- A column more than the table has.
create or replace view consolidation.old_event with (security_invoker = true) as
select
    e.*,
    null::varchar(20) as severity
from legacy.workflow_events as e;
select results_eq(
    $$
    select c.column_name::text collate "default", c.type_name, c.is_missing
    from consolidation.computed_column('workflow_events') as c
    $$,
    $$ values ('severity', 'character varying(20)', true) $$,
    'a column that the view has and the table has not'
);
select ok('severity' = any (consolidation.nullable_columns('workflow_events')), 'it can be null');
select is(
    consolidation.computed_keys('workflow_events'), array['severity'], 'only elements can say it'
);
select ok(
    consolidation.is_computed_key('event', 'severity')
    and not consolidation.is_computed_key('event', 'type')
    and not consolidation.is_computed_key('step screenshot', 'severity'),
    'which is known by the kind of the element'
);

-- What stands in the place of a column ------------------------------------------------------------

select is(
    consolidation.computed_value('workflow_events', 'severity', 'text', 'old'), 'null::text',
    'null, where nothing says anything'
);
select is(
    consolidation.computed_value('workflow_trace', 'llm_model', 'text', 'old'),
    '(select d.llm_model from public.user_workflow_run as d where d.legacy_trace_id = '
    '<row>.trace_id)',
    'what the document says, in runs'
);
select is(
    consolidation.computed_value('workflow_steps', 'start_time', 'timestamptz', 'old'),
    '(select d.started_at from public.user_workflow_run_step as d where d.legacy_step_id = '
    '<row>.step_id)',
    'and in steps, where the column may have another name'
);
select matches(
    consolidation.computed_value('workflow_trace_screenshot', 'org_id', 'uuid', v.kind),
    v.wanted,
    format('the organisation of a screenshot is that of its run: %s', v.kind)
)
from (
    values
    ('old', '^\(select r\.org_id from consolidation\.old_trace as r .*\)$'),
    ('document', '^\(select r\.org_id from public\.user_workflow_run as r .*\)$')
) as v (kind, wanted);
select is(
    consolidation.computed_value('workflow_trace_screenshot', 'step_index', 'integer', 'document'),
    '<row>.on_step_number',
    'its number is that of the step it stands on'
);
insert into consolidation.column_source (table_name, column_name, expression)
values ('workflow_trace', 'llm_model', '''m'' || t.trace_id');
select is(
    consolidation.computed_value('workflow_trace', 'llm_model', 'text', 'old'),
    '(''m'' || t.trace_id)::text',
    'what was declared, before all others'
);

select * from finish();
rollback;
