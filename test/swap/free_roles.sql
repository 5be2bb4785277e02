-- Roles that no policy restricted: free on a document if free on every old table that went into it.

begin;
select plan(21);

create role "FirstRole";
create role second;
create role heir;
create role reports;
create function pg_temp.free_on()
returns table (document text, roles text)
language sql
stable
as $$
select
    u.document,
    string_agg(u.role_name::text, ', ' order by u.role_name::text collate "C")
from consolidation.unscoped_role() as u
group by u.document;
$$;
-- Spared, and isolated again ---------------------------------------------------------------------

prepare unscoped as
select p.polrelid::regclass::text, p.polroles::regrole[]::text
from pg_policy as p
where p.polname like '%\_unscoped'
order by p.polrelid::regclass::text;
select lives_ok(
    'select consolidation.spare_unscoped_roles(null)', 'without such roles there is nothing to do'
);
select is_empty('unscoped', 'and no policy');
select lives_ok(
    $$
    select consolidation.spare_unscoped_roles(
        '{"user_workflow_run": "\"FirstRole\", second", "user_workflow_config": "second"}'
    )
    $$,
    'such roles can be spared'
);
select results_eq(
    'unscoped',
    $$
    values ('user_workflow_config', '{second}'), ('user_workflow_run', '{"\"FirstRole\"",second}')
    $$,
    'by a policy on each table that they are free on'
);
create table public.ledger (org_id uuid, amount integer);
create policy mine_unscoped on public.ledger using (true);
select consolidation.isolate_unscoped_roles();
select results_eq(
    'unscoped', $$ values ('ledger', '{-}') $$,
    'they are isolated again, and policies of others stay'
);
drop policy mine_unscoped on public.ledger;
select consolidation.spare_unscoped_roles('{"user_workflow_config": "second"}');
select consolidation.swap_to_tables();
select is_empty('unscoped', 'a swap to tables leaves none behind');

-- Who is free ------------------------------------------------------------------------------------

prepare free_on as select f.document, f.roles from pg_temp.free_on() as f order by f.document;

select is_empty('free_on', 'the roles of this project are isolated, a superuser needs no policy');
select is(consolidation.unscoped_roles(), null, 'and there is none to spare');
grant select (status) on public.workflow_trace to "FirstRole";
grant delete on public.workflow_events to public;
grant select on public.workflow_configs to second;
select results_eq(
    'free_on',
    $$
    values
    ('user_workflow_config', 'second'),
    ('user_workflow_run', 'FirstRole, public'),
    ('user_workflow_run_step', 'FirstRole, public')
    $$,
    'a role with any privilege on a table of a document is free on it where there are no policies'
);
select is(
    consolidation.unscoped_roles() ->> 'user_workflow_run', '"FirstRole", public',
    'as a list of roles for a policy'
);
alter table public.workflow_trace_context enable row level security;
select results_eq(
    'free_on',
    $$
    values
    ('user_workflow_config', 'second'),
    ('user_workflow_run_step', 'FirstRole, public')
    $$,
    'restricted on one table that went into the runs, a role is not free on the runs'
);
alter table public.workflow_trace enable row level security;
select results_eq(
    'free_on', $$ values ('user_workflow_config', 'second') $$,
    'free on the configurations alone, it is not free on runs and steps'
);

-- By ownership and membership.
alter table public.workflow_trace owner to second;
alter table public.workflow_trace_context owner to second;
grant second to heir;
grant select on public.workflow_trace to heir;
select is(
    (select f.roles from pg_temp.free_on() as f where f.document = 'user_workflow_run'),
    'heir, second', 'the owner of a table is not restricted, nor a member of it'
);
select ok(
    consolidation.is_free('heir'::regrole, 'public.workflow_trace')
    and not consolidation.is_free('"FirstRole"'::regrole, 'public.workflow_trace')
    and not consolidation.is_free(0, 'public.workflow_trace'),
    'and everybody else is'
);
alter table public.workflow_trace force row level security;
select is_empty(
    $$ select from pg_temp.free_on() as f where f.document = 'user_workflow_run' $$,
    'unless it was forced'
);

-- By a policy.
create policy all_of_it on public.workflow_trace to reports using (true);
select is_empty(
    $$ select from pg_temp.free_on() as f where f.document = 'user_workflow_run' $$,
    'a role that a policy shows one of the tables is not free'
);
create policy all_of_it on public.workflow_trace_context to reports using (true) with check (true);
select is(
    (select f.roles from pg_temp.free_on() as f where f.document = 'user_workflow_run'),
    'reports', 'one that policies show all of them is'
);
create policy not_these on public.workflow_trace as restrictive to reports using (tier > 1);
select is_empty(
    $$ select from pg_temp.free_on() as f where f.document = 'user_workflow_run' $$,
    'unless another policy restricts it'
);
drop policy not_these on public.workflow_trace;
create policy p1 on public.workflow_steps for select using (true);
create policy p2 on public.workflow_steps using (step_number > 0);
create policy p3 on public.workflow_steps using (true) with check (step_number > 0);
create policy p4 on public.workflow_steps as restrictive using (true);
create policy p5 on public.workflow_steps using (true);
select is(
    array(
        select p.polname::text from pg_policy as p
        where p.polrelid = 'public.workflow_steps'::regclass and consolidation.shows_all(p.oid)
    ),
    array['p5'], 'a policy shows everything if it is permissive, for all commands and asks nothing'
);

-- By no acl at all.
alter table public.workflow_trace disable row level security;
alter table public.workflow_trace_context disable row level security;
select is_empty(
    $$
    select from consolidation.unscoped_role() as u where u.role_name::text like 'pg\_%'
    $$,
    'a predefined role without members is not looked at'
);
grant pg_read_all_data to "FirstRole";
select set_eq(
    $$
    select u.document, u.role_name::text from consolidation.unscoped_role() as u
    where u.role_name::text like 'pg\_%'
    $$,
    $$
    values
    ('user_workflow_config', 'pg_read_all_data'), ('user_workflow_run', 'pg_read_all_data'),
    ('user_workflow_run_step', 'pg_read_all_data')
    $$,
    'a predefined role with members is free on everything'
);

select * from finish();
rollback;
