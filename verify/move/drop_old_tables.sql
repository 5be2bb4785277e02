-- Verify workflow_consolidation:move/drop_old_tables on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the routines of drop_old_tables fix their search path and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.forget_old_tables()',
                'consolidation.try_to_drop()',
                'consolidation.drop_old_tables(interval)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and (
                    p.prokind = 'p'
                    or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                )
                and not p.prosecdef
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
