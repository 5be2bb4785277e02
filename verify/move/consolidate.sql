-- Verify workflow_consolidation:move/consolidate on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table carried_back has all its columns',
    array(
        select unnest(
            array[
                'trace_id'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.carried_back') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the functions of move/consolidate are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.lock_bucket(bigint)',
            'consolidation.lock_traces(bigint[])',
            'consolidation.lock_traces_shared(bigint[])',
            'consolidation.remove_what_is_gone(bigint[])',
            'consolidation.consolidate(bigint[])'
        ]
    )
);

select consolidation.claim(
    'rebuild_documents() raises an error where a policy hides rows, and is not for applications',
    (
        select
            p.prosrc like '%perform consolidation.see_everything();%'
            and p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
            and not has_function_privilege('workflow_app', p.oid, 'execute')
        from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure('consolidation.rebuild_documents(bigint[])')
    )
);

rollback;
