-- Verify workflow_consolidation:move/keep_richer on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/keep_richer are pinned and closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.known_elements(consolidation.known_run[],'
                'consolidation.known_step[])',
                'consolidation.merge_elements(jsonb,jsonb,jsonb,text)',
                'consolidation.keep_richer(consolidation.known_run[],'
                'consolidation.known_step[])'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and (
                    p.prosqlbody is not null
                    or p.prokind = 'p'
                    or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                )
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
