-- Verify workflow_consolidation:old_names/workflow_trace_screenshot on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'workflow_trace_screenshot and screenshot_row are views with the rights of the caller',
    (
        select count(*) = 2
        from pg_catalog.pg_class as c
        where
            c.oid in (
                consolidation.old_name('workflow_trace_screenshot'),
                to_regclass('consolidation.screenshot_row')
            )
            and c.relkind = 'v'
            and c.reloptions = '{security_invoker=true}'
    )
);

select consolidation.claim_none(
    'the default of workflow_trace_screenshot.screenshot_id tells the trigger that there is no id',
    array(
        select e.column_name
        from (
            values
            ('screenshot_id', '''0946dd8e-ce1c-4e28-a961-a5a206c819fe''::uuid')
        ) as e (column_name, default_value)
        where not exists (
            select from pg_catalog.pg_attrdef as d
            inner join pg_catalog.pg_attribute as a
                on a.attrelid = d.adrelid and a.attnum = d.adnum
            where
                d.adrelid = consolidation.old_name('workflow_trace_screenshot')
                and a.attname = e.column_name
                and (
                    -- The type may have any name. From the cut-over on, the default of a real table
                    -- also counts.
                    split_part(pg_get_expr(d.adbin, d.adrelid), '::', 1)
                    = case
                        when a.atttypid = 'uuid'::regtype
                            then split_part(e.default_value, '::', 1)
                        else '''-5719117740578205047'''
                    end
                    or pg_get_expr(d.adbin, d.adrelid) in (
                        select pg_get_expr(o.adbin, o.adrelid)
                        from pg_catalog.pg_attrdef as o
                        inner join pg_catalog.pg_attribute as b
                            on b.attrelid = o.adrelid and b.attnum = o.adnum
                        where
                            o.adrelid = consolidation.old_table('workflow_trace_screenshot')
                            and b.attname = e.column_name
                    )
                )
        )
    )
);

-- The guards run as the caller, or they would let a tenant write to any run.
select consolidation.claim_none(
    'triggers guard every write to workflow_trace_screenshot and put it into the documents',
    array(
        select e.name
        from (
            values
            ('deny_null', 'deny_null_workflow_trace_screenshot', true, 'INSERT OR UPDATE'),
            ('forbid', 'forbid_other_org_id', false, 'INSERT OR UPDATE'),
            ('guard', 'guard_trace_id', false, 'INSERT OR UPDATE'),
            ('write', 'write_workflow_trace_screenshot', true, 'INSERT OR DELETE OR UPDATE')
        ) as e (name, function_name, may_be_definer, events)
        where not exists (
            select from pg_catalog.pg_trigger as g
            inner join pg_catalog.pg_proc as p on p.oid = g.tgfoid
            where
                g.tgrelid = consolidation.old_name('workflow_trace_screenshot')
                and g.tgname = e.name
                and g.tgenabled = 'O'
                and g.tgfoid = to_regprocedure('consolidation.' || e.function_name || '()')
                and (e.may_be_definer or not p.prosecdef)
                and pg_get_triggerdef(g.oid) like '% INSTEAD OF ' || e.events || ' ON %'
        )
    )
);

select consolidation.claim_none(
    'write_workflow_trace_screenshot() runs as workflow_maintenance and is closed to applications',
    array(
        select f.signature
        from unnest(array['consolidation.write_workflow_trace_screenshot()']) as f (signature)
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
    'nulls in workflow_trace_screenshot are denied by workflow_maintenance, not by the caller',
    exists (
        select from pg_catalog.pg_proc as p
        where
            p.oid = to_regprocedure('consolidation.deny_null_workflow_trace_screenshot()')
            and p.prosecdef
            and p.proconfig = '{"search_path=pg_catalog, pg_temp"}'
            and p.proowner = 'workflow_maintenance'::regrole
            and not has_function_privilege('workflow_app', p.oid, 'execute')
    )
);

rollback;
