-- Verify workflow_consolidation:old_names/elements on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of elements fix their search path and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.raise_not_null(text,text,text)',
                'consolidation.raise_foreign_key(text,text,text,text)',
                'consolidation.raise_deleted(text,text)',
                'consolidation.raise_unique(text,text,text,text)',
                'consolidation.raise_concurrent_update(text)',
                'consolidation.guard_trace_id()',
                'consolidation.patch(jsonb,jsonb,jsonb)',
                'consolidation.with_element(jsonb,bigint,jsonb)',
                'consolidation.lock_run(bigint)'
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

select consolidation.claim(
    'patch() changes only what an update changed',
    consolidation.patch('{"a": 1, "b": 1.1}', '{"a": 2, "b": 1.1}', '{"a": 1, "b": 1.10}')
    = '{"b": 1.10}'
);

select consolidation.claim(
    'with_element() replaces, removes and appends an element',
    consolidation.with_element('[1, 2]', 1, '3') = '[3, 2]'
    and consolidation.with_element('[1, 2]', 1, null) = '[2]'
    and consolidation.with_element(null, null, '3') = '[3]'
);

rollback;
