-- Verify workflow_consolidation:cut_over on pg
--
-- The names are swapped, and what they show is what the old tables hold. Executions written to
-- since wait in the queue and are left out; once the contract project dropped the old tables,
-- nothing is left to compare with.

begin;

select 1 / (case when consolidation.phase() in ('cut over', 'contract') then 1 else 0 end)
    as swapped;

select 1 / (case when count(*) = 8 then 1 else 0 end)
    as old_names_are_views_with_the_rights_of_the_caller
from pg_catalog.pg_class
where
    oid in (
        'public.workflow_trace'::regclass,
        'public.workflow_steps'::regclass,
        'public.workflow_events'::regclass,
        'public.workflow_trace_screenshot'::regclass,
        'public.workflow_trace_context'::regclass,
        'public.workflow_trace_endpoint'::regclass,
        'public.workflow_configs'::regclass,
        'public.micro_state'::regclass
    )
    and relkind = 'v'
    and reloptions @> '{security_invoker=true}';

select 1 / (case when count(*) = 4 then 1 else 0 end) as applications_may_use_the_tables
from pg_catalog.pg_class
where
    oid in (
        'public.user_workflow_run'::regclass,
        'public.user_workflow_run_step'::regclass,
        'public.user_workflow_config'::regclass,
        'public.user_workflow_cache_state'::regclass
    )
    and relkind = 'r'
    and has_table_privilege('workflow_app', oid, 'select')
    and has_table_privilege('workflow_app', oid, 'insert')
    and has_table_privilege('workflow_app', oid, 'update')
    and has_table_privilege('workflow_app', oid, 'delete')
    and not has_table_privilege('workflow_app', oid, 'truncate');

select 1 / count(*) as configurations_are_isolated
from pg_catalog.pg_class as c
inner join pg_catalog.pg_policy as p on p.polrelid = c.oid
where
    c.oid = 'public.user_workflow_config'::regclass
    and c.relrowsecurity
    and c.relforcerowsecurity
    and p.polname = 'user_workflow_config_org_isolation'
    and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
    and pg_get_expr(p.polqual, p.polrelid) ~ 'org_id = \( SELECT (public\.)?current_org_id\(\)';

select 1 / (case when count(*) = 0 then 1 else 0 end) as no_other_policy_on_configurations
from pg_catalog.pg_policies
where
    schemaname = 'public'
    and tablename = 'user_workflow_config'
    and policyname not in (tablename || '_org_isolation', tablename || '_maintenance')
    and (
        policyname <> tablename || '_unscoped'
        or qual is distinct from with_check
        or qual !~ '^\(\( SELECT (public\.)?current_org_id\(\) AS current_org_id\) IS NULL\)$'
    );

select 1 / (case when count(*) = 0 then 1 else 0 end) as applications_may_use_the_old_names
from (
    values
    ('public.workflow_trace'),
    ('public.workflow_steps'),
    ('public.workflow_events'),
    ('public.workflow_trace_screenshot'),
    ('public.workflow_trace_context'),
    ('public.workflow_trace_endpoint'),
    ('public.workflow_configs'),
    ('public.micro_state')
) as t (relation)
cross join unnest(array['select', 'insert', 'update', 'delete']) as p (privilege)
where
    not has_table_privilege('workflow_app', t.relation, p.privilege)
    or not has_table_privilege('workflow_maintenance', t.relation, p.privilege);

select 1 / (case when count(*) = 4 then 1 else 0 end) as applications_may_read_what_is_behind
from unnest(
    array['event_row', 'screenshot_row', 'context_row', 'endpoint_row']
) as v (name)
where has_table_privilege('workflow_app', 'consolidation.' || v.name, 'select');

select 1 / (case when count(*) = 4 then 1 else 0 end) as sequences_have_their_names
from pg_catalog.pg_sequence
where
    seqrelid in (
        'public.workflow_trace_trace_id_seq'::regclass,
        'public.workflow_steps_step_id_seq'::regclass,
        'public.workflow_events_event_id_seq'::regclass,
        'public.workflow_trace_context_context_id_seq'::regclass
    );

select 1 / (case when count(*) = 0 then 1 else 0 end) as foreign_keys_are_validated
from consolidation.cut_over_log
where stage = 'validate';

do $$
declare
    example record;
    differing bigint := 0;
begin
    if consolidation.phase() = 'contract' then
        return;
    end if;
    for example in
        select d.table_name, d.key, d.columns, d.old_row, d.new_row
        from consolidation.differences(skip_pending => true) as d
    loop
        differing := differing + 1;
        exit when differing >= 1000;
    end loop;
    if differing > 0 then
        raise exception using
            errcode = 'data_corrupted',
            message = format(
                'old tables and documents differ in %s%s rows, for example %s %s in %s',
                differing, case when differing >= 1000 then ' or more' end,
                example.table_name, example.key, example.columns
            ),
            detail = format('old: %s new: %s', example.old_row, example.new_row),
            hint = 'select * from consolidation.differences();';
    end if;
end;
$$;

rollback;
