-- Verify workflow_consolidation:proof/finding_sight on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each view of proof/finding_sight has the columns of a finding',
    array(
        select format('%s.%s', v.name, c.name)
        from unnest(
            array[
                'consolidation.finding_no_policy',
                'consolidation.finding_owner_view'
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
    'each view of proof/finding_sight reads with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'consolidation.finding_no_policy',
                'consolidation.finding_owner_view'
            ]
        ) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass(v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

rollback;
