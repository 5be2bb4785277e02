-- Verify workflow_consolidation:proof/differences_of on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of proof/differences_of are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.arrangement(boolean,boolean,bigint,integer)',
            'consolidation.present(jsonb,text[],jsonb[])',
            'consolidation.is_set_aside(jsonb,jsonb)',
            'consolidation.differences_of(bigint[])',
            'consolidation.is_former(text,jsonb,jsonb)'
        ]
    )
);

rollback;
