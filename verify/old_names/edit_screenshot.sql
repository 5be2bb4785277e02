-- Verify workflow_consolidation:old_names/edit_screenshot on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of edit_screenshot fix their search path and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.lock_screenshots(bigint)',
                'consolidation.find_screenshot(bigint,uuid,jsonb)',
                'consolidation.change_screenshot(bigint,uuid,bigint,jsonb)',
                'consolidation.append_screenshot(bigint,integer,jsonb)',
                'consolidation.refuse_known_screenshot_id(bigint,uuid,text)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and (
                    p.prosqlbody is not null
                    or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                )
                and not p.prosecdef
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
