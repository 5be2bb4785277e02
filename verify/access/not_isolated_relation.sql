-- Verify workflow_consolidation:access/not_isolated_relation on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each view of access/not_isolated_relation reads with the rights of the caller',
    array(
        select v.name
        from unnest(array['not_isolated_relation', 'owner_shown']) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass('public.' || v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

select consolidation.claim_none(
    'applications cannot read the views of access/not_isolated_relation',
    array(
        select v.name
        from unnest(array['not_isolated_relation', 'owner_shown']) as v (name)
        where
            has_table_privilege('workflow_app', to_regclass('public.' || v.name), 'select')
            is not false
    )
);

rollback;
