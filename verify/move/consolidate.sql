-- Verify workflow_consolidation:move/consolidate on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'the table carried_back has all its columns',
    array(
        select unnest(array['trace_id'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.carried_back') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the functions that lock traces and merge elements exist',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.consolidate(bigint[])',
                'consolidation.lock_traces(bigint[])',
                'consolidation.lock_traces_shared(bigint[])',
                'consolidation.merge_elements(jsonb,jsonb,jsonb,text)',
                'consolidation.known_elements(public.user_workflow_run[],'
                'public.user_workflow_run_step[])'
            ]
        ) as f (signature)
        where to_regprocedure(f.signature) is null
    )
);

select consolidation.claim(
    'rebuild_documents() raises an error where a policy hides rows, and is not for applications',
    (
        select
            p.prosrc like '%perform consolidation.see_everything();%'
            and p.proconfig @> '{"search_path=legacy, public, pg_temp"}'
            and not has_function_privilege('workflow_app', p.oid, 'execute')
        from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure('consolidation.rebuild_documents(bigint[])')
    )
);

rollback;
