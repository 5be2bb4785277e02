-- Foreign keys between the old tables and others: to the documents and back.

begin;
select plan(17);

create table public.node (node_id uuid primary key);
create table public.invoice (trace_id bigint, event_id bigint, run_id uuid);
create function pg_temp.keys()
returns table (conname name, relation regclass, definition text, is_valid boolean)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
select k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid), k.convalidated
from pg_constraint as k
where k.contype = 'f' and k.conname like 'tested\_%'
$$;
-- The functions find the tables wherever the phase keeps them; what they remember is for the tables
-- in public.
select consolidation.swap_to_tables();
delete from consolidation.cut_over_log;

-- To the documents --------------------------------------------------------------------------------

alter table public.invoice add constraint tested_trace
foreign key (trace_id) references public.workflow_trace (trace_id) on delete cascade;
alter table public.invoice add constraint tested_event
foreign key (event_id) references public.workflow_events (event_id);
alter table public.workflow_steps add constraint tested_step_node
foreign key (node_id) references public.node (node_id) not valid;
alter table public.workflow_trace_screenshot add constraint tested_screenshot_node
foreign key (node_id) references public.node (node_id) not valid;
select set_eq(
    $$
    select f.kind, f.object, f.stands_on, f.arrives_on,
        f.arrive is not null as moves, f.validate is not null as was_valid
    from consolidation.foreign_key() as f
    $$,
    $$
    values
    ('incoming foreign key', 'tested_trace on public.invoice', 'public.invoice'::regclass,
        'public.invoice'::regclass, true, true),
    ('incoming foreign key', 'tested_event on public.invoice', 'public.invoice', 'public.invoice',
        false, true),
    ('outgoing foreign key', 'tested_step_node on workflow_steps', 'public.workflow_steps',
        'public.user_workflow_run_step', true, false),
    ('outgoing foreign key', 'tested_screenshot_node on workflow_trace_screenshot',
        'public.workflow_trace_screenshot', null, false, false)
    $$,
    'keys in both directions are known, and whether the documents have a place for them'
);
select lives_ok(
    'select consolidation.drop_foreign_keys(to_documents => true)',
    'the keys of the old tables can be dropped'
);
select is_empty('select from pg_temp.keys()', 'and are all gone until the names are moved');
select lives_ok('select consolidation.make_foreign_keys()', 'they can be made on the documents');
select set_eq(
    'select * from pg_temp.keys()',
    $$
    values
    ('tested_trace'::name, 'public.invoice'::regclass,
        'FOREIGN KEY (trace_id) REFERENCES public.user_workflow_run(legacy_trace_id) '
        'ON DELETE CASCADE NOT VALID', false),
    ('tested_step_node', 'public.user_workflow_run_step',
        'FOREIGN KEY (node_id) REFERENCES public.node(node_id) NOT VALID', false)
    $$,
    'those that have a place there, with their actions, for the time being not valid'
);
select results_eq(
    'select l.stage, l.relation from consolidation.cut_over_log as l order by l.stage, l.ordinal',
    $$
    values
    ('after', 'public.invoice'::regclass), ('after', 'public.workflow_trace_screenshot'),
    ('validate', 'public.invoice'), ('validate back', 'public.invoice')
    $$,
    'the others are remembered, and so is which of them were valid'
);
select consolidation.execute_stage('validate');
select results_eq(
    'select k.conname from pg_temp.keys() as k where k.is_valid',
    $$ values ('tested_trace'::name) $$,
    'who was valid is validated, and nobody else'
);

-- And back ----------------------------------------------------------------------------------------

-- Meanwhile one is renamed with its table, one dropped, and new code makes some.
do $$
begin
    alter table public.invoice rename constraint tested_trace to tested_renamed;
    alter table public.invoice rename to bill;
    alter table public.user_workflow_run_step drop constraint tested_step_node;
    alter table public.user_workflow_run_step add constraint tested_later
    foreign key (node_id) references public.node (node_id) not valid;
    alter table public.bill add constraint tested_run
    foreign key (run_id) references public.user_workflow_run (run_id);
end
$$;
select set_eq(
    $$ select f.object, f.arrive is not null as moves from consolidation.foreign_key(false) as f $$,
    $$
    values ('tested_renamed on public.bill', true), ('tested_later on workflow_steps', true),
    ('tested_run on public.bill', false)
    $$,
    'the keys that go back are those that are there then'
);
select lives_ok(
    'select consolidation.drop_foreign_keys(to_documents => false)',
    'the keys of the documents can be dropped'
);
select results_eq(
    'select k.conname from pg_temp.keys() as k',
    $$ values ('tested_run'::name) $$,
    'but for one that the old tables cannot say, which stays'
);
select lives_ok('select consolidation.execute_stage(''after'')', 'what was remembered is made');
select lives_ok('select consolidation.make_foreign_keys()', 'and what goes back');
select set_eq(
    'select k.conname, k.relation, k.is_valid from pg_temp.keys() as k',
    $$
    values
    ('tested_renamed'::name, 'public.bill'::regclass, false),
    ('tested_event', 'public.bill', false),
    ('tested_later', 'public.workflow_steps', false),
    ('tested_screenshot_node', 'public.workflow_trace_screenshot', false),
    ('tested_run', 'public.bill', true)
    $$,
    'the old tables have their keys, what was renamed under its new name, what was dropped not'
);
select is(
    (select k.definition from pg_temp.keys() as k where k.conname = 'tested_renamed'),
    'FOREIGN KEY (trace_id) REFERENCES public.workflow_trace(trace_id) ON DELETE CASCADE NOT VALID',
    'a key refers to the old table again, with its action'
);
select lives_ok(
    'select consolidation.execute_stage(''validate back'')', 'they can be validated after that'
);
select set_eq(
    'select k.conname from pg_temp.keys() as k where k.is_valid',
    $$ values ('tested_renamed'::name), ('tested_event'), ('tested_run') $$,
    'those that were valid are valid'
);
select is_empty('select from consolidation.cut_over_log', 'and nothing is left to remember');

select * from finish();
rollback;
