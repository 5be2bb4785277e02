-- Verify workflow_consolidation:move/carry_back on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/carry_back are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.put_in_singly(bigint)',
            'consolidation.carry_back_by_halves(bigint[])',
            'consolidation.put_in_steps_singly(bigint)'
        ]
    )
);

select consolidation.claim(
    'carry_back() raises an error where a policy hides rows, and is not for applications',
    (
        select
            p.prosrc like '%perform consolidation.see_everything();%'
            and p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
            and not has_function_privilege('workflow_app', p.oid, 'execute')
        from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure('consolidation.carry_back(bigint[])')
    )
);

rollback;
