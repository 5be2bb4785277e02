-- Verify workflow_consolidation:carry_back on pg

begin;

select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.carry_back(bigint[])'::regprocedure
    and proconfig @> '{row_security=off}'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
