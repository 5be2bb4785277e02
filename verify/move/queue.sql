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
        select format('%s on %s', m.trigger_name, m.captured)
        from consolidation.missing_capture as m
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
