-- preflight_back: all obstacles, and those that somebody accepted. The views have their own tests.

begin;
select plan(17);

select is_empty(
    'select from consolidation.preflight_back as p where p.severity = ''refuse''',
    'nothing came to depend on the new state of the old names'
);
select ok(
    exists (
        select from pg_rewrite as r
        inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = 'consolidation.preflight_back'::regclass and d.refobjid = c.oid
    ),
    format('the preflight has %s', c.relname)
)
from pg_class as c
where c.relnamespace = 'consolidation'::regnamespace and c.relname like 'obstacle\_%'
order by c.relname;
select col_type_is('consolidation', 'preflight_back', c.name, 'text', format('%s is text', c.name))
from unnest(array['severity', 'kind', 'remedy']::name []) as c (name);

create function public.count_event()
returns trigger
language plpgsql
as $$ begin return new; end; $$;

-- What the cut-over left for the revert ---------------------------------------------------------

create trigger count_event before insert on legacy.workflow_events
for each row execute function public.count_event();
create table public.place (id bigint primary key);
insert into consolidation.cut_over_log (stage, relation, statement)
values
(
    'after', 'legacy.workflow_events'::regclass,
    'alter table <relation> enable  trigger count_event'
),
(
    'after', 'legacy.workflow_trace_endpoint'::regclass,
    'alter table <relation> add constraint k foreign key (endpoint_id) '
    'references public.place (id) not valid'
);
select is_empty(
    'select from consolidation.obstacle_remembered', 'what can still be done is no obstacle'
);
-- squawk-ignore renaming-table
alter table public.place rename to places;
select matches(r.consequence, 'public.place', 'a table that was renamed is one')
from consolidation.obstacle_remembered as r;
select is_empty(
    'select from pg_class as c where c.relname = ''trial_copy''', 'a trial leaves no copy'
);
drop trigger count_event on legacy.workflow_events;
select results_eq(
    'select r.severity from consolidation.obstacle_remembered as r', array['refuse', 'refuse'],
    'so is a trigger that was dropped'
);
delete from consolidation.cut_over_log as l
where l.statement like '%place%' or l.statement like '%count_event';

-- Accepting ---------------------------------------------------------------------------------------

create trigger count_event before insert on public.user_workflow_run
for each row execute function public.count_event();
select throws_ok(
    'call consolidation.refuse_findings_back()', '55000', null, 'an obstacle stops a revert'
);
insert into consolidation.accepted (kind, object, reason)
select p.kind, p.object, 'the count is no longer needed' from consolidation.preflight_back as p;
select results_eq(
    'select p.severity from consolidation.preflight_back as p', array['accepted'],
    'one that somebody accepted says so'
);
select lives_ok('call consolidation.refuse_findings_back()', '… and stops nothing');

select * from finish();
rollback;
