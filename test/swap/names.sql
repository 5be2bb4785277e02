-- Names: the six tables change places with their views, the other two leave one.

begin;
select plan(15);

select is(
    (select c.relowner from pg_class as c where c.oid = format('public.%I', n.name)::regclass),
    (select c.relowner from pg_class as c where c.oid = consolidation.old_table(n.name)),
    format('the view %s belongs to whom the table belonged', n.name)
)
from unnest(
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ]
) as n (name);
select is(
    (
        select array_agg(c.relname::text order by c.relname)
        from pg_class as c
        where c.relnamespace = 'legacy'::regnamespace and c.relkind <> 'i' and c.relkind <> 'S'
    ),
    array[
        'workflow_events', 'workflow_steps', 'workflow_trace', 'workflow_trace_context',
        'workflow_trace_endpoint', 'workflow_trace_screenshot'
    ],
    'the six old tables are kept in legacy, and nothing else'
);

-- There and back ----------------------------------------------------------------------------------

create role "TheOwner";
create table public.workflow_plan (plan_id integer default 3, name text);
alter table public.workflow_plan owner to "TheOwner";
create role reader;
grant select on public.workflow_plan to reader;
delete from consolidation.cut_over_log;
select lives_ok(
    $$ select consolidation.rename_table('workflow_plan', 'user_workflow_plan') $$,
    'a table can be renamed and leave a view'
);
select is(
    consolidation.owner_of('public.workflow_plan'), 'TheOwner', 'the view belongs to whom the '
    'table belongs'
);
select ok(
    has_table_privilege('reader', 'public.workflow_plan', 'select'), 'its readers may read the view'
);
insert into public.workflow_plan (name) values ('through the view');
select results_eq(
    'select p.plan_id, p.name from public.user_workflow_plan as p',
    $$ values (3, 'through the view') $$,
    'a row is written through it, with the default of the table'
);
select is(
    (select count(*)::integer from consolidation.cut_over_log as l where l.stage = 'after'), 8,
    'rights that the roles of the project did not have are remembered'
);
grant update on public.workflow_plan to reader;
grant select on public.user_workflow_plan to workflow_app;
select lives_ok(
    $$ select consolidation.restore_name('workflow_plan', 'user_workflow_plan') $$,
    'the table takes its name back'
);
select ok(
    has_table_privilege('reader', 'public.workflow_plan', 'update'),
    'a privilege that was granted on the view goes back with the name'
);
select consolidation.execute_stage('after');
select ok(
    not has_table_privilege('workflow_app', 'public.workflow_plan', 'select'),
    'the roles of this project have afterwards what they had before'
);

select * from finish();
rollback;
