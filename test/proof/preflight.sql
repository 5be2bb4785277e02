-- preflight: all findings, and those that somebody accepted. What each view finds has its own test.

begin;
select plan(44);

select is_empty(
    'select * from consolidation.preflight as p where p.severity = ''refuse''',
    'nothing hangs on the tables of the baseline'
);
-- Each view of findings, planted with one row, shows in the union.
select ok(
    exists (
        select from pg_rewrite as r
        inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = 'consolidation.preflight'::regclass and d.refobjid = c.oid
    ),
    format('the preflight has %s', c.relname)
)
from pg_class as c
where c.relnamespace = 'consolidation'::regnamespace and c.relname like 'finding\_%'
order by c.relname;
select col_type_is('consolidation', 'preflight', c.name, 'text', format('%s is text', c.name))
from unnest(array['severity', 'kind', 'object', 'consequence', 'remedy']::name []) as c (name);

create function public.count_event()
returns trigger
language plpgsql
as $$ begin return new; end; $$;

-- Accepting ---------------------------------------------------------------------------------------

create trigger count_event before insert on legacy.workflow_events
for each row execute function public.count_event();
select throws_ok(
    'call consolidation.refuse_findings()', '55000', null, 'a finding stops the deploy'
);
insert into consolidation.accepted (kind, object, reason)
values ('trigger', 'count_event on workflow_events', 'the count is no longer needed');
select results_eq(
    $$
    select p.severity from consolidation.preflight as p
    where p.kind = 'trigger' and p.object = 'count_event on workflow_events'
    $$,
    $$ values ('accepted') $$,
    'a finding that somebody accepted says so'
);
select lives_ok(
    'call consolidation.refuse_findings()', 'a finding that somebody accepted stops nothing'
);
select results_eq(
    'select a.accepted_by = session_user, a.accepted_at from consolidation.accepted as a',
    'select true, now()',
    'it is written down who accepted it, and when'
);

select * from finish();
rollback;
