-- Verify workflow_consolidation:swap/names on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that move the names',
    consolidation.loose_function(
        array[
            'consolidation.owner_of(regclass)',
            'consolidation.retire_table(text)',
            'consolidation.restore_table(text)',
            'consolidation.leave_view(text,regclass)',
            'consolidation.rename_table(text,text)',
            'consolidation.restore_name(text,text)'
        ]
    )
);

rollback;
