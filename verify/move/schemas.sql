-- Verify workflow_consolidation:move/schemas on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'workflow_maintenance can use both schemas of the move, applications create nothing in them',
    array(
        select s.name
        from unnest(array['consolidation', 'legacy']) as s (name)
        where not exists (
            select from pg_catalog.pg_namespace as n
            where
                n.nspname = s.name
                and not has_schema_privilege('workflow_app', n.oid, 'create')
                and has_schema_privilege('workflow_maintenance', n.oid, 'usage')
        )
    )
);

select consolidation.claim(
    'applications cannot use the schema legacy',
    not has_schema_privilege('workflow_app', 'legacy', 'usage')
);

select consolidation.claim(
    'deployed_change has a row for the change that creates it',
    exists (select from consolidation.deployed_change as d where d.change = 'move/schemas')
);

select consolidation.claim_none(
    'applications cannot execute the functions that guard the scripts',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.is_deployed(text)',
                'consolidation.is_reverted(text)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
