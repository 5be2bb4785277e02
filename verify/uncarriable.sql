-- Verify workflow_consolidation:uncarriable on pg

begin;

select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.uncarriable()'::regprocedure
    and proconfig @> '{row_security=off}'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
