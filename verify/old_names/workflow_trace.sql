-- Verify workflow_consolidation:old_names/workflow_trace on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    trace_id,
    batch_job_item_id,
    org_id,
    workflow_id,
    channel,
    external_id,
    status,
    action_type,
    action_detail,
    success,
    duration_ms,
    error_detail,
    error_message,
    llm_prompt,
    llm_response,
    llm_model,
    llm_tokens_used,
    tier,
    tier_reason,
    config_snapshot,
    start_time,
    end_time,
    created_at,
    user_id,
    created_by,
    session_id
from workflow_trace
where false;

select 1 / (case when count(*) = 1 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (consolidation.old_name('workflow_trace'))
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 3 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attrdef as d
inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
where
    d.adrelid = consolidation.old_name('workflow_trace')
    and (a.attname::text, pg_get_expr(d.adbin, d.adrelid)) in (
        values
        ('status', '''pending''::text'),
        ('success', 'false'),
        ('created_at', 'now()')
    );

-- 28: insert, update and delete, without a trigger.
select 1 / (case
    when pg_relation_is_updatable(consolidation.old_name('workflow_trace'), false) = 28 then 1
    else 0
end) as automatically_updatable;

-- The guards ask with the rights of the caller: he must not find the runs of others.
select 1 / (case when count(*) = 1 then 1 else 0 end) as guarded
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
inner join (
    values
        (
            'guard_run_identity', 'public.guard_run_identity()'::regprocedure,
            'BEFORE UPDATE OF legacy_trace_id ON', false
        )
) as e (name, function, event, definer)
    on e.name = t.tgname and e.function = p.oid
where
    t.tgrelid = 'public.user_workflow_run'::regclass
    and t.tgenabled = 'O'
    and p.prosecdef = e.definer
    and pg_get_triggerdef(t.oid) like '% ' || e.event || ' %';

rollback;
