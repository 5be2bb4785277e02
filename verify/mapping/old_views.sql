-- Verify workflow_consolidation:mapping/old_views on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/old_views are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.rewrite_view(regclass, text)',
            'consolidation.put_rules(regclass, regclass)',
            'consolidation.shown_columns(regclass, text, text, text)',
            'consolidation.bind_old_view(regclass, regclass)',
            'consolidation.show_computed(regclass, text)'
        ]
    )
);

rollback;
