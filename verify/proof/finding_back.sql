-- Verify workflow_consolidation:proof/finding_back on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each view of proof/finding_back has the columns of a finding',
    array(
        select format('%s.%s', v.name, c.name)
        from unnest(
            array[
                'consolidation.obstacle_bound',
                'consolidation.obstacle_dependent',
                'consolidation.obstacle_document',
                'consolidation.obstacle_key',
                'consolidation.obstacle_sequence'
            ]
        ) as v (name)
        cross join unnest(
            array['severity', 'kind', 'object', 'consequence', 'remedy']
        ) as c (name)
        where not exists (
            select from pg_catalog.pg_attribute as a
            where a.attrelid = to_regclass(v.name) and a.attname = c.name
        )
    )
);

select consolidation.claim_none(
    'each view of proof/finding_back reads with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'consolidation.obstacle_bound',
                'consolidation.obstacle_dependent',
                'consolidation.obstacle_document',
                'consolidation.obstacle_key',
                'consolidation.obstacle_sequence'
            ]
        ) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass(v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

select consolidation.claim(
    'the views of the old names and the documents are looked at once they are cut over',
    (select count(*) from consolidation.new_relation)
    = case when consolidation.phase() = 'cut over' then 10 else 0 end
);

select consolidation.claim_none(
    'applications cannot execute the function that names a statement to drop',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.drop_statement(oid,oid,integer)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
