-- Triggers of the old tables rest while the tables do, and fire afterwards as they did.

begin;
select plan(5);

create function public.count_event()
returns trigger
language plpgsql
as $$ begin return new; end; $$;
create trigger first_one before insert on legacy.workflow_events
for each row execute function public.count_event();
create trigger always_one before insert on legacy.workflow_events
for each row execute function public.count_event();
create trigger replica_one before insert on legacy.workflow_trace
for each row execute function public.count_event();
create trigger asleep before insert on legacy.workflow_trace
for each row execute function public.count_event();
alter table legacy.workflow_events enable always trigger always_one;
alter table legacy.workflow_trace enable replica trigger replica_one;
alter table legacy.workflow_trace disable trigger asleep;
delete from consolidation.cut_over_log;

prepare firing as
select g.tgname, g.tgenabled from pg_trigger as g
where g.tgfoid = 'public.count_event()'::regprocedure
order by g.tgname;

select lives_ok('select consolidation.rest_triggers()', 'triggers can be laid to rest');
select results_eq(
    'firing',
    $$
    values ('always_one'::name, 'D'::"char"), ('asleep', 'D'), ('first_one', 'D'),
    ('replica_one', 'D')
    $$,
    'none fires then'
);
do $$
begin
    alter table legacy.workflow_events rename to renamed;
    drop trigger first_one on legacy.renamed;
end
$$;
select lives_ok(
    'select consolidation.execute_stage(''after'')', 'one that was dropped meanwhile stops nothing'
);
select results_eq(
    'firing',
    $$ values ('always_one'::name, 'A'::"char"), ('asleep', 'D'), ('replica_one', 'R') $$,
    'each fires as it did before, and one that did not does not'
);
select is_empty(
    $$
    select from pg_trigger as g
    where
        g.tgrelid = any (
            array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass []
        )
        and g.tgenabled not in ('O', 'A')
    $$,
    'the triggers of the documents are left alone'
);

select * from finish();
rollback;
