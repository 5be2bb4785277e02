-- Verify workflow_consolidation:proof/differences on pg

begin;

select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.differences(bigint,bigint,boolean,bigint[])'::regprocedure
    and provolatile = 's'
    and prosrc like '%perform consolidation.see_everything();%'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
