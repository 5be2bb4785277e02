-- Verify workflow_consolidation:proof/preflight_back on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each view of proof/preflight_back has the columns of a finding',
    array(
        select format('%s.%s', v.name, c.name)
        from unnest(
            array[
                'consolidation.obstacle_remembered',
                'consolidation.preflight_back'
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
    'each view of proof/preflight_back reads with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'consolidation.obstacle_remembered',
                'consolidation.preflight_back'
            ]
        ) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass(v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

select consolidation.claim_none(
    'the preflight of the way back has every view of obstacles',
    array(
        select c.relname::text
        from pg_catalog.pg_class as c
        where
            c.relnamespace = 'consolidation'::regnamespace
            and c.relname like 'obstacle\_%'
            and not exists (
                select from pg_catalog.pg_rewrite as r
                inner join pg_catalog.pg_depend as d on d.objid = r.oid
                where
                    r.ev_class = to_regclass('consolidation.preflight_back')
                    and d.refobjid = c.oid
            )
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions of the preflight of the way back',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.trial_of_remembered(bigint)',
                'consolidation.refuse_findings_back()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
