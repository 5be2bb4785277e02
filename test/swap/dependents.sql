-- Views and SQL-standard functions follow the names.

begin;
select plan(12);

create view public.running with (security_barrier) as
select t.trace_id from public.workflow_trace as t where t.status = 'running';
create view public.of_running as select r.trace_id from public.running as r;
create function public.count_steps() returns bigint language sql
begin atomic
select count(*) from public.workflow_steps;
end;
create function public.count_by_name() returns bigint language sql
as 'select count(*) from public.workflow_steps';
create view consolidation.of_ours as select e.event_id from public.workflow_events as e;
create function consolidation.count_ours() returns bigint language sql
begin atomic
select count(*) from public.workflow_steps;
end;
select set_eq(
    'select b.kind, b.object from consolidation.rebinding() as b',
    $$ values ('view', 'public.running'), ('function', 'public.count_steps()') $$,
    'what is bound to an old name itself has to be bound again, but for what is ours'
);
create temporary table rebinding as select * from consolidation.rebinding();
select is(
    (select count(*)::integer from rebinding as b where b.statement like '%security_barrier=true%'),
    1,
    'a view keeps its options'
);

-- Something else gets the names.
do $$
begin
    alter view public.workflow_trace rename to was_trace;
    alter view public.workflow_steps rename to was_steps;
end
$$;
create table public.workflow_trace as select * from public.was_trace where false;
create table public.workflow_steps as
select v.step_id from (values (1), (2), (3)) as v (step_id);
select lives_ok(
    'select consolidation.bind(array(select b.statement from rebinding as b))',
    'they can be bound to what has the names then'
);
select is(public.count_steps(), 3::bigint, 'a function reads what has the name');
select is(
    (select count(*)::integer from public.of_running), 0, 'and so does a view, through others, too'
);
select is(
    (select c.reloptions from pg_class as c where c.oid = 'public.running'::regclass),
    array['security_barrier=true'],
    'its options are there'
);

-- Trials ------------------------------------------------------------------------------------------

select is(
    consolidation.on_names_of(
        'select from public.workflow_trace, public.workflow_trace_context, other.workflow_steps,
        public.workflow_events_archive', 'consolidation'
    ),
    'select from consolidation.workflow_trace, consolidation.workflow_trace_context, '
    'other.workflow_steps,
        public.workflow_events_archive',
    'only the old names themselves are replaced'
);
create view consolidation.workflow_trace as
select w.trace_id, w.status::varchar(9) as status, w.tier from public.was_trace as w;
select is(
    consolidation.trial('view', 'select t.trace_id from public.workflow_trace as t'), null,
    'a view that works on the new name is no failure'
);
select matches(
    consolidation.trial('view', 'select t.channel from public.workflow_trace as t'), 'channel',
    'one that does not says why'
);
select matches(
    consolidation.trial('view', 'select t.status from public.workflow_trace as t'), 'status',
    'one that would show another type neither can be replaced'
);
create function public.channel_of() returns text language sql
begin atomic
select t.channel from public.workflow_trace as t;
end;
select matches(
    (
        select consolidation.trial(b.kind, b.statement) from consolidation.rebinding() as b
        where b.object = 'public.channel_of()'
    ),
    'channel', 'a function is tried in the same way'
);
select is_empty(
    'select from pg_class as c where c.relname = ''consolidation_trial''', 'a trial leaves nothing'
);

select * from finish();
rollback;
