-- Verify workflow_consolidation:move/queue on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table change has all its columns',
    array(
        select unnest(array['trace_id'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.change') and not a.attisdropped
    )
);

-- The old tables always, the documents from the cut-over on.
select consolidation.claim_none(
    'every write to old tables and documents is captured, whatever the session says',
    array(
        select format('%s on %s', t.trigger_name, c.captured)
        from (
            select
                consolidation.old_table(n.name) as captured,
                'capture_old' as capture_function
            from unnest(consolidation.six_tables()) as n (name)
            where consolidation.phase() <> 'contract'
            union all
            select
                to_regclass('public.' || d.name),
                'capture_new'
            from unnest(array['user_workflow_run', 'user_workflow_run_step']) as d (name)
            where consolidation.phase() = 'cut over'
        ) as c
        cross join unnest(
            array['capture_insert', 'capture_update', 'capture_delete', 'capture_truncate']
        ) as t (trigger_name)
        where not exists (
            select from pg_catalog.pg_trigger as g
            where
                g.tgrelid = c.captured
                and g.tgname = t.trigger_name
                and g.tgfoid = to_regprocedure(format('consolidation.%I()', c.capture_function))
                and g.tgenabled = 'A'
        )
    )
);

select consolidation.claim_none(
    'the capture triggers run as workflow_maintenance and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.capture_old()',
                'consolidation.capture_new()'
            ]
        ) as f (signature)
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

select consolidation.claim_none(
    'workflow_maintenance can fill and empty the queue',
    array(
        select p.privilege
        from unnest(array['select', 'insert', 'update', 'delete']) as p (privilege)
        where
            has_table_privilege(
                'workflow_maintenance', to_regclass('consolidation.change'), p.privilege
            ) is not true
    )
);

select consolidation.claim_none(
    'the functions that start and stop the capture exist',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.start_capture(regclass,regproc)',
                'consolidation.stop_capture(regclass)',
                'consolidation.capture_state()'
            ]
        ) as f (signature)
        where to_regprocedure(f.signature) is null
    )
);

rollback;
