-- Verify workflow_consolidation:old_names/workflow_trace on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'workflow_trace is a view with the rights of the caller',
    (
        select c.relkind = 'v' and c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = consolidation.old_name('workflow_trace')
    )
);

-- 28: insert, update and delete, without a trigger.
select consolidation.claim(
    'PostgreSQL can insert, update and delete through the view workflow_trace by itself',
    pg_relation_is_updatable(consolidation.old_name('workflow_trace'), false) = 28
);

-- A guard runs as the caller, so it cannot find the runs of other organisations.
select consolidation.claim_none(
    'a guard that fires always protects the old id of a run',
    array(
        select e.name
        from (
            values
            ('guard_run_identity', 'guard_run_identity', 'BEFORE UPDATE OF legacy_trace_id', false)
        ) as e (name, function_name, events, is_definer)
        where not exists (
            select from pg_catalog.pg_trigger as g
            inner join pg_catalog.pg_proc as p on p.oid = g.tgfoid
            where
                g.tgrelid = to_regclass('public.user_workflow_run')
                and g.tgname = e.name
                and g.tgenabled = 'A'
                and g.tgfoid = to_regprocedure('public.' || e.function_name || '()')
                and p.prosecdef = e.is_definer
                and pg_get_triggerdef(g.oid) like '% ' || e.events || ' ON %'
        )
    )
);

rollback;
