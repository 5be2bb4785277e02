-- finding_public: roles that may create in the schema public.

begin;
select plan(5);

create role bystander;
create role "OddOne";
create role almighty superuser;
create function pg_temp.found()
returns setof text
language sql
as $$
select concat_ws(' | ', f.severity, f.kind, f.object, f.remedy)
from consolidation.finding_public as f
where f.object ~ '(bystander|OddOne|almighty|public|pg_database_owner)$'
order by 1
$$;
revoke create on schema public from public;

select is_empty('select pg_temp.found()', 'the owner of the schema is no finding');
grant create on schema public to bystander, "OddOne", almighty;
select results_eq(
    'select pg_temp.found()',
    $$ values
    ('notice | schema public | create to OddOne | revoke create on schema public from "OddOne"'),
    ('notice | schema public | create to bystander | revoke create on schema public from bystander')
    $$,
    'each role is named that may create there, with the statement that ends it; no superuser'
);
grant create on schema public to public;
select results_eq(
    $$ select f from pg_temp.found() as f where f ~ 'to public' $$,
    $$ values (
        'notice | schema public | create to public | revoke create on schema public from public'
    ) $$,
    'so is everybody, as in a database that began before PostgreSQL 15'
);
select ok(
    exists (
        select from consolidation.preflight as p
        where p.kind = 'schema public' and p.object = 'create to bystander'
    ),
    'the preflight shows it'
);
select lives_ok('call consolidation.refuse_findings()', 'it stops no deploy');

select * from finish();
rollback;
