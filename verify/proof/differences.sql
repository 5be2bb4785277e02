-- Verify workflow_consolidation:proof/differences on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/differences are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.refuse_empty_comparison(bigint,bigint,bigint[],boolean)',
            'consolidation.slice_end(bigint,bigint,bigint[],integer)'
        ]
    )
);

select consolidation.claim(
    'differences() raises an error where a policy hides rows, and is not for applications',
    (
        select
            p.prosrc like '%perform consolidation.see_everything();%'
            and p.provolatile = 's'
            and p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
            and not has_function_privilege('workflow_app', p.oid, 'execute')
        from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure('consolidation.differences(bigint,bigint,boolean,bigint[])')
    )
);

rollback;
