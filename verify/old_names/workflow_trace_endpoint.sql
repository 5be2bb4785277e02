-- Verify workflow_consolidation:old_names/workflow_trace_endpoint on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'workflow_trace_endpoint and endpoint_row are views with the rights of the caller',
    (
        select count(*) = 2
        from pg_catalog.pg_class as c
        where
            c.oid in (
                consolidation.old_name('workflow_trace_endpoint'),
                to_regclass('consolidation.endpoint_row')
            )
            and c.relkind = 'v'
            and c.reloptions = '{security_invoker=true}'
    )
);

-- The guard runs as the caller, or it would let a tenant write to any run.
select consolidation.claim_none(
    'triggers guard every write to workflow_trace_endpoint and put it into the documents',
    array(
        select e.name
        from (
            values
            ('deny_null', 'deny_null_workflow_trace_endpoint', true, 'INSERT OR UPDATE'),
            ('guard', 'guard_trace_id', false, 'INSERT OR UPDATE'),
            ('write', 'write_workflow_trace_endpoint', true, 'INSERT OR DELETE OR UPDATE')
        ) as e (name, function_name, may_be_definer, events)
        where not exists (
            select from pg_catalog.pg_trigger as g
            inner join pg_catalog.pg_proc as p on p.oid = g.tgfoid
            where
                g.tgrelid = consolidation.old_name('workflow_trace_endpoint')
                and g.tgname = e.name
                and g.tgenabled = 'O'
                and g.tgfoid = to_regprocedure('consolidation.' || e.function_name || '()')
                and (e.may_be_definer or not p.prosecdef)
                and pg_get_triggerdef(g.oid) like '% INSTEAD OF ' || e.events || ' ON %'
        )
    )
);

select consolidation.claim_none(
    'write_workflow_trace_endpoint() runs as workflow_maintenance and is closed to applications',
    array(
        select f.signature
        from unnest(array['consolidation.write_workflow_trace_endpoint()']) as f (signature)
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

select consolidation.claim(
    'nulls in workflow_trace_endpoint are denied by workflow_maintenance, not by the caller',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('consolidation.deny_null_workflow_trace_endpoint()')
            and p.prosecdef
            and p.proconfig = '{"search_path=pg_catalog, pg_temp"}'
            and p.proowner = 'workflow_maintenance'::regrole
            and not has_function_privilege('workflow_app', p.oid, 'execute')
    )
);

rollback;
