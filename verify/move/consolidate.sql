-- Verify workflow_consolidation:move/consolidate on pg

begin;

select trace_id
from consolidation.carried_back
where false;

select
    'consolidation.consolidate(bigint[])'::regprocedure,
    'consolidation.lock_traces(bigint[])'::regprocedure,
    'consolidation.lock_traces_shared(bigint[])'::regprocedure,
    'consolidation.merge_elements(jsonb,jsonb,jsonb,text)'::regprocedure,
    'consolidation.known_elements(user_workflow_run[],user_workflow_run_step[])'::regprocedure;

-- Rows that a policy would hide raise an error instead of being lost.
select 1 / count(*) as cannot_miss_rows
from pg_catalog.pg_proc
where
    oid = 'consolidation.rebuild_documents(bigint[])'::regprocedure
    and prosrc like '%perform consolidation.see_everything();%'
    and proconfig @> '{"search_path=legacy, public, pg_temp"}'
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
