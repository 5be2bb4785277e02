-- Verify workflow_consolidation:move/put_in_singly on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/put_in_singly are pinned and closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.put_in_events_singly(bigint)',
                'consolidation.put_in_screenshots_singly(bigint)',
                'consolidation.put_in_contexts_singly(bigint)',
                'consolidation.put_in_endpoints_singly(bigint)'
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
