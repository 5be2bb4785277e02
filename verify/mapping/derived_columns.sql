-- Verify workflow_consolidation:mapping/derived_columns on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of mapping/derived_columns are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'public.derive_columns()',
            'public.follow_declaration()',
            'consolidation.derive_on_runs()',
            'consolidation.follow_sources()',
            'consolidation.leave_sources()'
        ]
    )
);

select consolidation.claim_none(
    'a trigger that fires always follows each relation that a declaration reads',
    array(
        select s.relation::text
        from consolidation.declared_source as s
        where not exists (
            select from pg_catalog.pg_trigger as g
            where
                g.tgrelid = s.relation
                and g.tgname = 'follow_declaration'
                and g.tgenabled = 'A'
                and g.tgfoid = to_regprocedure('public.follow_declaration()')
        )
    )
);

select consolidation.claim(
    'a trigger that fires always fills declared columns',
    not exists (select from consolidation.derived_column())
    or exists (
        select from pg_catalog.pg_trigger as g
        where
            g.tgrelid = to_regclass('public.user_workflow_run')
            and g.tgname = 'derive_columns'
            and g.tgenabled = 'A'
            and g.tgfoid = to_regprocedure('public.derive_columns()')
    )
);

rollback;
