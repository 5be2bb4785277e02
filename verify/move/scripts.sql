-- Verify workflow_consolidation:move/scripts on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions that every script asks first exist, and fix their search path',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.settle_session()',
                'consolidation.other_deploy_session()',
                'consolidation.begin_script()',
                'consolidation.is_deployed(text)',
                'consolidation.is_reverted(text)',
                'consolidation.give_to_maintenance(regprocedure[])'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
        )
    )
);

rollback;
