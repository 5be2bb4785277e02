-- Verify workflow_consolidation:access/isolation on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'each view of access/isolation reads with the rights of the caller',
    array(
        select v.name
        from unnest(array['role_reach', 'isolated_table']) as v (name)
        left join pg_catalog.pg_class as c on c.oid = to_regclass('public.' || v.name)
        where c.reloptions is distinct from '{security_invoker=true}'
    )
);

select consolidation.claim_none(
    'applications cannot read the views of access/isolation',
    array(
        select v.name
        from unnest(array['role_reach', 'isolated_table']) as v (name)
        where
            has_table_privilege('workflow_app', to_regclass('public.' || v.name), 'select')
            is not false
    )
);

select consolidation.claim_none(
    'asks_organisation() tells the policies of the documents that isolate from those that do not',
    array(
        select format('%s_%s', t.name, p.name)
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as t (name)
        cross join (values ('org_isolation', true), ('maintenance', false)) as p (name, asks)
        where not exists (
            select from pg_catalog.pg_policy as q
            where
                q.polrelid = to_regclass('public.' || t.name)
                and q.polname = format('%s_%s', t.name, p.name)
                and public.asks_organisation(q.oid) = p.asks
        )
    )
);

rollback;
