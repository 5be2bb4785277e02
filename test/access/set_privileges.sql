-- Whatever somebody granted or revoked: exactly the declared privileges afterwards.

begin;
select plan(12);

create role stranger;
create role "OddName";
prepare unequal as
select u.statement from consolidation.unequal_privilege as u;

select is_empty('unequal', 'a deployed database has what is declared');

grant select on consolidation.change to stranger with grant option;
grant insert (trace_id) on consolidation.change to "OddName";
grant truncate on consolidation.chunk to workflow_maintenance;
grant usage on sequence consolidation.chunk_chunk_id_seq to public;
grant execute on function consolidation.set_privileges(text[], oid[]) to "OddName";
revoke execute on function public.current_org_id() from public;
revoke select on consolidation.old_trace from workflow_maintenance;
alter table consolidation.change enable row level security;
alter table public.user_workflow_run no force row level security;
select set_eq(
    'unequal',
    $$
    values
    ('revoke all on table consolidation.change from stranger cascade'),
    ('revoke all on table consolidation.change from "OddName" cascade'),
    ('revoke all on table consolidation.chunk from workflow_maintenance cascade'),
    -- It takes what is declared, too.
    ('grant select on table consolidation.chunk to workflow_maintenance'),
    ('grant insert on table consolidation.chunk to workflow_maintenance'),
    ('grant update on table consolidation.chunk to workflow_maintenance'),
    ('grant delete on table consolidation.chunk to workflow_maintenance'),
    ('revoke all on sequence consolidation.chunk_chunk_id_seq from public cascade'),
    ('revoke all on routine consolidation.set_privileges(text[], oid[]) from "OddName" cascade'),
    ('grant execute on routine public.current_org_id() to public'),
    ('grant select on table consolidation.old_trace to workflow_maintenance'),
    (
        'alter table consolidation.change disable row level security, '
        'no force row level security'
    ),
    (
        'alter table public.user_workflow_run enable row level security, '
        'force row level security'
    )
    $$,
    'each difference is found, with the statement that removes it'
);
select lives_ok('select consolidation.set_privileges()', 'the declared privileges can be set');
select is_empty('unequal', 'nothing differs afterwards');
select ok(
    has_table_privilege('workflow_maintenance', 'consolidation.chunk', 'select')
    and not has_table_privilege('workflow_maintenance', 'consolidation.chunk', 'truncate'),
    'a revoke takes nothing that is declared'
);

-- Documents and old names are shared with the application from the cut-over on.
grant select on public.user_workflow_run, public.workflow_events to stranger;
grant usage on schema legacy to stranger;
select is_empty('unequal', 'grants that somebody makes after the cut-over are no difference');
select consolidation.set_privileges();
select ok(
    has_table_privilege('stranger', 'public.user_workflow_run', 'select'), 'and stay'
);

create sequence public.ticket;
grant usage on sequence public.ticket to stranger, public;
create view public.report as select 1 as one;
grant all on public.report to stranger, workflow_app, "OddName";
select consolidation.revoke_everything('public.ticket');
select consolidation.revoke_everything('public.report');
select is_empty(
    $$
    select from pg_class as c
    cross join lateral aclexplode(c.relacl) as x
    where c.relname in ('ticket', 'report') and x.grantee <> c.relowner
    $$,
    'everything can be taken from everybody but the owner'
);

create function public.find_nothing() returns integer language sql return 1;
call consolidation.note_deployed('a change');
select ok(consolidation.is_deployed('a change'), 'a change is noted');
select ok(
    not has_function_privilege('public', 'public.find_nothing()', 'execute')
    and has_function_privilege('workflow_app', 'public.find_nothing()', 'execute'),
    'a function that its transaction created has the declared privileges'
);

create function consolidation.loose() returns integer language plpgsql as 'begin return 1; end';
select is(
    consolidation.loose_function(
        array[
            'consolidation.loose()', 'consolidation.no_such_function()',
            'consolidation.set_privileges(text[],oid[])'
        ]
    ),
    array['consolidation.loose()', 'consolidation.no_such_function()'],
    'a function without a search path and a missing one are loose'
);
grant execute on function consolidation.set_privileges(text[], oid[]) to stranger;
select is(
    consolidation.loose_function(array['consolidation.set_privileges(text[],oid[])']),
    array['consolidation.set_privileges(text[],oid[])'], 'and so is one that others can execute'
);

select * from finish();
rollback;
