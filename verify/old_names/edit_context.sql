-- Verify workflow_consolidation:old_names/edit_context on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of edit_context fix their search path and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.is_context_known(bigint,text,jsonb)',
                'consolidation.take_context(bigint,text)',
                'consolidation.put_context(bigint,text,jsonb,jsonb,boolean)',
                'consolidation.refuse_known_context_id(bigint,bigint,text)'
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
