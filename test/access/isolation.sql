-- What isolation is made of, in words of the catalog.

begin;
select plan(31);

create role reader login;
create role member login;
create role boss;
grant boss to member;

select set_eq(
    'select t.label from public.isolated_table as t where t.label like ''user%''',
    array['user_workflow_run', 'user_workflow_run_step', 'user_workflow_config'],
    'the documents that know organisations are isolated'
);
select set_eq(
    $$
    select g.role_id::regrole::text, g.path::regrole[]::text
    from public.role_reach as g
    where g.login_role = 'member'::regrole
    $$,
    $$ values ('member', '{member}'), ('boss', '{member,boss}') $$,
    'a login role reaches itself and what it is a member of'
);
select is_empty(
    $$ select from public.role_reach as g where g.login_role = 'boss'::regrole $$,
    'a role without login reaches nothing'
);

-- Does a policy ask for the organisation? ---------------------------------------------------------

create table public.ledger (org_id uuid, amount integer, is_open boolean, note text);
create temporary table case_of (
    condition text, asks boolean, place integer generated always as identity
);
insert into case_of (condition, asks)
values
('org_id = public.current_org_id()', true),
('org_id = (select public.current_org_id())', true),
('org_id = public.current_org_id() and amount > 0', true),
('amount > 0 and (note = '') or ('' or is_open) and org_id = public.current_org_id()', true),
('is_open and (amount > 0 and org_id = public.current_org_id()) and note <> ''@''', true),
('false', true),
('true', false),
('org_id = public.current_org_id() or is_open', false),
('(org_id = public.current_org_id() or amount > 0) and is_open', false),
('not (org_id = public.current_org_id())', false),
('(org_id = public.current_org_id()) is not true', false),
('(org_id = public.current_org_id()) = is_open', false),
('(org_id = public.current_org_id()) in (is_open, true)', false),
('coalesce(org_id = public.current_org_id(), true)', false),
('booleq(org_id = public.current_org_id(), is_open)', false),
('case when org_id = public.current_org_id() then true else is_open end', false),
('public.current_org_id() is null', false),
('org_id <> public.current_org_id()', false),
('note = ''(org_id = public.current_org_id())''', false),
('note = ''@''', false),
('exists (select from public.ledger as l where l.org_id = public.current_org_id())', false);
do $$
declare
    found record;
begin
    for found in select * from case_of loop
        execute format(
            'create policy p%s on public.ledger using (%s)', found.place, found.condition
        );
    end loop;
end
$$;
select is(
    public.asks_organisation(p.oid), c.asks,
    format('%s %s', c.condition, case when c.asks then 'asks' else 'does not ask' end)
)
from case_of as c
inner join pg_policy as p on p.polname = 'p' || c.place
order by c.place;

-- Does a role see all? ----------------------------------------------------------------------------

drop table public.ledger;
create table public.ledger (org_id uuid);
grant select on public.ledger to reader, member;
create function pg_temp.seen_by()
returns text
language sql
stable
as $$
select string_agg(r.name, ', ' order by r.name collate "C")
from unnest(array['reader', 'member', current_user]) as r (name)
where public.sees_all(r.name::regrole, 'public.ledger'::regclass);
$$;
select is(
    pg_temp.seen_by(), format('member, %s, reader', current_user),
    'without row level security everybody sees all'
);
alter table public.ledger enable row level security;
select is(
    pg_temp.seen_by(), current_user::text,
    'with it, and without a policy, nobody but a superuser'
);
alter table public.ledger owner to boss;
select is(
    pg_temp.seen_by(), format('member, %s', current_user), 'the owner does, and a member of it'
);
alter table public.ledger force row level security;
select is(pg_temp.seen_by(), current_user::text, 'not by force');
create policy own on public.ledger using (org_id = public.current_org_id());
select is(
    pg_temp.seen_by(), current_user::text,
    'a policy that asks for the organisation shows its own'
);
create policy of_boss on public.ledger for select to boss using (true);
select is(
    pg_temp.seen_by(), format('member, %s', current_user),
    'one that asks nothing shows all to its roles'
);
create policy narrow on public.ledger as restrictive using (org_id = public.current_org_id());
select is(pg_temp.seen_by(), current_user::text, 'unless a restrictive one asks');

select * from finish();
rollback;
