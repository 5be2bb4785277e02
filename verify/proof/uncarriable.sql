-- Verify workflow_consolidation:proof/uncarriable on pg

begin;

select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.uncarriable()'::regprocedure
    and prosrc like '%perform consolidation.see_everything();%'
    and proconfig @> '{"search_path=legacy, public, pg_temp"}'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
