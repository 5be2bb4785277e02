-- One key of a context: known or changed meanwhile, written, removed, its id taken only once.

begin;
select plan(10);

insert into public.user_workflow_run (
    workflow_id, org_id, channel, created_by, legacy_trace_id, context
)
values (
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-000000000000', 910001, '{}'
);
create temporary view said as
select
    r.context,
    r.legacy
from public.user_workflow_run as r
where r.legacy_trace_id = 910001;
select consolidation.context_origin(910101, '2025-01-14 10:30:00+00', null) as origin \gset

select ok(
    consolidation.put_context(910001, 'plan', '"gold"', :'origin', false), 'a new key is written'
);
select ok(
    not consolidation.put_context(910001, 'plan', '"iron"', :'origin', false),
    'a key that is there is not written as a new one'
);
select ok(
    consolidation.put_context(910001, 'plan', '"silver"', :'origin', true), 'it can be changed'
);
select is(
    (select s.context from said as s), '{"plan": "silver"}'::jsonb, 'the context says so'
);
select is(
    (select s.legacy #>> '{context,plan,context_id}' from said as s), '910101',
    'its id is kept beside it'
);
select throws_ok(
    $$select consolidation.refuse_known_context_id(910001, 910101, 'public')$$,
    '23505', null, 'a context_id that the run has is refused'
);
select throws_ok(
    $$select consolidation.is_context_known(910001, 'plan', '{"value": "gold"}')$$,
    '40001', null, 'a key that somebody else changed is to be asked for again'
);
select ok(
    consolidation.is_context_known(910001, 'plan', '{"value": "silver"}'),
    'a key that is as before is known'
);
select lives_ok(
    $$select consolidation.take_context(910001, 'plan')$$, 'a key is removed, and its origin'
);
select is(
    (select concat(s.context, s.legacy) from said as s), '{}', 'nothing is left of it'
);

select * from finish();
rollback;
