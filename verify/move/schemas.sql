-- Verify workflow_consolidation:move/schemas on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'both schemas of the move exist',
    array(
        select s.name
        from unnest(array['consolidation', 'legacy']) as s (name)
        where to_regnamespace(s.name) is null
    )
);

-- Owners of old tables can, from the cut-over on.
select consolidation.claim(
    'applications cannot use the schema legacy',
    not has_schema_privilege('workflow_app', 'legacy', 'usage')
);

select consolidation.claim(
    'deployed_change has a row for the change that creates it',
    exists (select from consolidation.deployed_change as d where d.change = 'move/schemas')
);

rollback;
