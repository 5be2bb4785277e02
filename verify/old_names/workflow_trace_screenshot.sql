-- Verify workflow_consolidation:old_names/workflow_trace_screenshot on pg

begin;

-- Until the cut-over the view waits in consolidation; then it is in public, and found there.
set local search_path = consolidation, public;

select
    screenshot_id,
    trace_id,
    org_id,
    node_name,
    step_index,
    screenshot_url,
    thumbnail_url,
    action_description,
    element_selector,
    element_found,
    confidence_score,
    created_at,
    node_id
from workflow_trace_screenshot
where false;

select 1 / (case when count(*) = 2 then 1 else 0 end) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (
        consolidation.old_name('workflow_trace_screenshot'),
        'consolidation.screenshot_row'::regclass
    )
    and relkind = 'v'
    and reloptions = '{security_invoker=true}';

select 1 / (case when count(*) = 3 then 1 else 0 end) as defaults_of_the_table
from pg_catalog.pg_attrdef as d
inner join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
where
    d.adrelid = consolidation.old_name('workflow_trace_screenshot')
    and (a.attname::text, pg_get_expr(d.adbin, d.adrelid)) in (
        values
        ('screenshot_id', '''0946dd8e-ce1c-4e28-a961-a5a206c819fe''::uuid'),
        ('element_found', 'false'),
        ('created_at', 'now()')
    );

-- The guard asks with the rights of the caller, else it would let a tenant write anywhere.
select 1 / (case when count(*) = 2 then 1 else 0 end) as guarded_and_written_by_triggers
from pg_catalog.pg_trigger as t
inner join pg_catalog.pg_proc as p on p.oid = t.tgfoid
where
    t.tgrelid = consolidation.old_name('workflow_trace_screenshot')
    and t.tgenabled = 'O'
    and (
        (
            t.tgname = 'guard'
            and p.oid = 'consolidation.guard_workflow_trace_screenshot()'::regprocedure
            and not p.prosecdef
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR UPDATE ON %'
        )
        or (
            t.tgname = 'write'
            and p.oid = 'consolidation.write_workflow_trace_screenshot()'::regprocedure
            and pg_get_triggerdef(t.oid) like '% INSTEAD OF INSERT OR DELETE OR UPDATE ON %'
        )
    );

select 1 / (case when count(*) = 1 then 1 else 0 end) as definer_functions_are_pinned
from pg_catalog.pg_proc
where
    oid in ('consolidation.write_workflow_trace_screenshot()'::regprocedure)
    and prosecdef
    and proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
    and pg_get_userbyid(proowner) = 'workflow_maintenance'
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case
    when
        has_table_privilege('workflow_maintenance', 'consolidation.screenshot_row', 'select')
        then 1
    else 0
end) as the_writing_trigger_can_read;

rollback;
