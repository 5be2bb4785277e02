-- Verify workflow_consolidation:move/carry_back on pg

begin;

select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.carry_back(bigint[])'::regprocedure
    and prosrc like '%perform consolidation.see_everything();%'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
