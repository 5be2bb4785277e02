-- What the tests need of their database. Where it is missing this first file ends all of them.

select coalesce(
    min(n.need) filter (where n.is_missing),
    ''
) as need
from (
    values
    (
        not exists (select from pg_catalog.pg_extension as e where e.extname = 'pgtap'),
        '1. the extension: create extension pgtap'
    ),
    (
        not (
            select r.rolsuper from pg_catalog.pg_roles as r
            where r.rolname = current_user
        ),
        '2. a superuser'
    ),
    (
        to_regclass('legacy.workflow_trace') is null
        or to_regclass('consolidation.deployed_change') is null,
        '3. the whole plan: sqitch deploy'
    )
) as n (is_missing, need) \gset
select :'need' = '' as has_tables \gset
\if :has_tables
select coalesce(
    min(n.need) filter (where n.is_missing),
    ''
) as need
from (
    values
    (
        (select count(*) from legacy.workflow_trace) < 100
        or not exists (select from legacy.workflow_trace_endpoint),
        '4. rows from before the deploy: script/legacy-data.sql, 100 runs'
    ),
    (
        exists (
            select from pg_catalog.pg_policy as p
            where p.polname like 'user\_workflow\_%\_unscoped'
        ),
        '5. old tables on which nobody but their owner had privileges'
    )
) as n (is_missing, need) \gset
\endif
select :'need' <> '' as is_missing \gset
\if :is_missing
\echo Bail out! The tests need :need. ./script/test pgtap makes such a database.
\quit
\endif

begin;
select plan(1);
select pass('the database has what the tests need');
select * from finish();
rollback;
