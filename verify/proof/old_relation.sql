-- Verify workflow_consolidation:proof/old_relation on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view old_relation has all its columns',
    array(
        select unnest(
            array[
                'oid',
                'relname',
                'relkind',
                'relowner',
                'relacl',
                'relrowsecurity',
                'reltype'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.old_relation') and not a.attisdropped
    )
);

select consolidation.claim(
    'the view old_relation reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.old_relation')
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions that name objects',
    consolidation.loose_function(
        array[
            'consolidation.qualified_name(regclass)',
            'consolidation.qualified_routine(regprocedure)',
            'consolidation.description(oid,oid,integer)',
            'consolidation.rule_definition(oid)'
        ]
    )
);

select consolidation.claim_none(
    'each of the six old tables is found until the contract project drops them',
    array(
        select n.name
        from unnest(consolidation.six_tables()) as n (name)
        where
            consolidation.phase() <> 'contract'
            and n.name not in (select o.relname::text from consolidation.old_relation as o)
    )
);

rollback;
