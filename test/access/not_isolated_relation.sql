-- Relations and functions that show what their owner sees. Each is held against what a role really
-- reads through it.

begin;
select plan(24);

insert into public.user_workflow_run (workflow_id, org_id, channel, created_by)
values
(
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001'
),
(
    '22222222-0000-4000-8000-00000000c001', '22222222-0000-4000-8000-000000000000', 'web',
    '22222222-0000-4000-8000-00000000d001'
);
create role tenant login;
create role bystander login;
create role isolated_owner;
grant workflow_app to tenant, isolated_owner;
grant create on schema public to isolated_owner;

select is_empty('select from public.not_isolated_relation', 'nothing of this project is one');

create view public.by_owner as select r.org_id from public.user_workflow_run as r;
create view public.by_caller with (security_invoker = true) as
select r.org_id from public.user_workflow_run as r;
create view public.of_isolated as select r.org_id from public.user_workflow_run as r;
alter view public.of_isolated owner to isolated_owner;
create view public.nested as select o.org_id from public.by_owner as o;
create view public.of_old_name as select t.org_id from public.workflow_trace as t;
create materialized view public.stored as select t.org_id from public.workflow_trace as t;
create view public.of_stored as select s.org_id from public.stored as s;
create view public.without_grant as select r.org_id from public.user_workflow_run as r;
create view public.nothing_of_it as select 1 as org_id;
create function public.late_bound() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as 'select r.org_id from public.user_workflow_run as r';
create function public.early_bound() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
    select r.org_id from public.user_workflow_run as r;
end;
create function public.by_old_name() returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$ begin return query execute 'select t.org_id from public.workflow_trace as t'; end $$;
create function public.invoker_function() returns setof uuid
language sql stable set search_path = pg_catalog, pg_temp
as 'select r.org_id from public.user_workflow_run as r';
create function public.function_of_isolated() returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as 'select r.org_id from public.user_workflow_run as r';
alter function public.function_of_isolated() owner to isolated_owner;
create function public.counts() returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as 'select pg_catalog.gen_random_uuid()';
grant select on public.by_owner, public.by_caller, public.of_isolated, public.nested,
public.of_old_name, public.stored, public.of_stored, public.nothing_of_it to tenant;
revoke all on function public.late_bound(), public.early_bound(), public.by_old_name(),
public.invoker_function(), public.function_of_isolated(), public.counts() from public;
grant execute on function public.late_bound(), public.early_bound(), public.by_old_name(),
public.invoker_function(), public.function_of_isolated(), public.counts() to tenant;

create temporary table seen (source text, organisations bigint);
do $$
declare
    source text;
begin
    foreach source in array array[
        'by_owner', 'by_caller', 'of_isolated', 'nested', 'of_old_name', 'stored', 'of_stored',
        'nothing_of_it', 'late_bound()', 'early_bound()', 'by_old_name()', 'invoker_function()',
        'function_of_isolated()', 'counts()'
    ] loop
        set local role tenant;
        set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
        execute format(
            'select set_config(''x.seen'', count(distinct s::text)::text, true)
            from public.%s as s',
            source
        );
        reset role;
        insert into seen values (source, current_setting('x.seen')::bigint);
    end loop;
end;
$$;
create temporary table found as select n.reason, n.role_name from public.not_isolated as n;
select is(
    exists (
        select from found as n
        where
            n.role_name = 'tenant'
            and n.reason ~ format('(view|function) public\.%s,', rtrim(s.source, '()'))
    ),
    s.organisations > 1,
    format(
        '%s shows %s, and is %s', s.source,
        case when s.organisations > 1 then 'several organisations' else 'one' end,
        case when s.organisations > 1 then 'named' else 'not named' end
    )
)
from seen as s;
select is(
    (select count(*) from seen as s where s.organisations > 1), 7::bigint,
    'seven of them show several organisations'
);
select is_empty(
    $$ select from found as n where n.reason like '%without_grant%' $$,
    'what nobody else may use is no reason'
);
select is_empty(
    $$ select from found as n where n.role_name = 'bystander' $$,
    'a role that may use none of it is isolated'
);
grant select on public.stored to public;
select set_eq(
    $$
    select n.reason, n.through, n.tables from public.not_isolated as n
    where n.role_name = 'bystander'
    $$,
    $$
    values (
        format('materialized view public.stored, as %s', current_user), null::text,
        'user_workflow_run'
    )
    $$,
    'everybody may use what is granted to everybody'
);
grant tenant to bystander;
select is(
    (
        select n.through from public.not_isolated as n
        where n.role_name = 'bystander' and n.reason like 'view public.nested%'
    ),
    'bystander > tenant', 'and a member what the role may'
);
select is_empty(
    $$ select from found as n where n.reason like '%find\_%_ids%' $$,
    'the search functions look at the organisation of the session'
);
set local role workflow_maintenance;
select lives_ok('select from public.not_isolated_relation', 'reports may ask it');
select lives_ok('select from public.owner_shown', 'also what it is made of');
set local role workflow_app;
select throws_ok(
    'select from public.not_isolated_relation', '42501', null, 'applications may not'
);
reset role;

select * from finish();
rollback;
