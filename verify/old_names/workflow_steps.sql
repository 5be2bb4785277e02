-- Verify workflow_consolidation:old_names/workflow_steps on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'workflow_steps is a view with the rights of the caller',
    (
        select c.relkind = 'v' and c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = consolidation.old_name('workflow_steps')
    )
);

-- 28: insert, update and delete, without a trigger.
select consolidation.claim(
    'PostgreSQL can insert, update and delete through the view workflow_steps by itself',
    pg_relation_is_updatable(consolidation.old_name('workflow_steps'), false) = 28
);

-- A guard runs as the caller, so it cannot find the runs of other organisations.
select consolidation.claim_none(
    'triggers that fire always protect the ids, retry counts and screenshots of steps',
    array(
        select e.name
        from (
            values
            (
                'refuse_null_retry_count', 'refuse_null_retry_count',
                'BEFORE INSERT OR UPDATE OF retry_count', false
            ),
            (
                'guard_step_identity', 'guard_step_identity',
                'BEFORE UPDATE OF run_id, legacy_trace_id, legacy_step_id', false
            ),
            ('keep_screenshots', 'keep_screenshots', 'AFTER DELETE', true)
        ) as e (name, function_name, events, is_definer)
        where not exists (
            select from pg_catalog.pg_trigger as g
            inner join pg_catalog.pg_proc as p on p.oid = g.tgfoid
            where
                g.tgrelid = to_regclass('public.user_workflow_run_step')
                and g.tgname = e.name
                and g.tgenabled = 'A'
                and g.tgfoid = to_regprocedure('public.' || e.function_name || '()')
                and p.prosecdef = e.is_definer
                and pg_get_triggerdef(g.oid) like '% ' || e.events || ' ON %'
        )
    )
);

select consolidation.claim_none(
    'keep_screenshots() runs as workflow_maintenance and is closed to applications',
    array(
        select f.signature
        from unnest(array['public.keep_screenshots()']) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and p.prosecdef
                and p.proconfig = '{"search_path=pg_catalog, pg_temp",row_security=on}'
                and p.proowner = 'workflow_maintenance'::regrole
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
