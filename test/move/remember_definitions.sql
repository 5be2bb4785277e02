-- remember_definitions: how the old tables and the views of the old names were made.

begin;
select plan(10);

select results_eq(
    $$
    select distinct d.kind, d.old_name from consolidation.remembered_definition as d order by 1, 2
    $$,
    $$
    select k.kind, n.name
    from unnest(consolidation.six_tables()) as n (name)
    cross join (values ('r'), ('v')) as k (kind)
    order by 1, 2
    $$,
    'the six tables and the six views are remembered'
);
select results_eq(
    $$
    select d.ordinal, d.statement
    from consolidation.remembered_definition as d
    where d.kind = 'r' and d.old_name = 'workflow_events' and d.ordinal <> 3999
    order by d.ordinal
    $$,
    $$
    select t.ordinal, t.statement
    from consolidation.table_definition('legacy.workflow_events') as t
    order by t.ordinal
    $$,
    'a table is remembered as it stands'
);
select ok(
    exists (
        select from consolidation.view_definition('public.workflow_events') as d
        where d.statement like format(p.pattern, 'public.workflow_events')
    ),
    format('of a view is remembered: %s', p.pattern)
)
from (
    values
    ('create view %s with (security_invoker=true) as %%'),
    ('alter view %s alter column event_id set default %%'),
    ('CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON %s %%'),
    ('comment on view %s is %%'),
    ('grant DELETE on %s to workflow_app')
) as p (pattern);

select is_empty('select from consolidation.missing_object()', 'nothing is missing');
drop view public.workflow_events;
drop table legacy.workflow_trace_endpoint cascade;
select results_eq(
    'select m.kind, m.old_name from consolidation.missing_object() as m order by m.kind',
    $$ values ('r', 'workflow_trace_endpoint'), ('v', 'workflow_events') $$,
    'a table or a view that somebody drops is missed'
);
select throws_ok(
    'select consolidation.refuse_missing()', '55000', null, 'it has to be rebuilt first'
);

select * from finish();
rollback;
