-- Verify workflow_consolidation:access/row_level_security on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the policy org_isolation of both document tables shows every role one organisation only',
    array(
        select t.name
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as t (name)
        where not exists (
            select from pg_catalog.pg_policies as p
            where
                p.schemaname = 'public'
                and p.tablename = t.name
                and p.policyname = t.name || '_org_isolation'
                and p.permissive = 'PERMISSIVE'
                and p.cmd = 'ALL'
                and p.roles = '{public}'
                and p.qual = '(org_id = ( SELECT public.current_org_id() AS current_org_id))'
                and p.with_check = p.qual
        )
    )
);

select consolidation.claim_none(
    'the policy maintenance of both document tables shows workflow_maintenance every row',
    array(
        select t.name
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as t (name)
        where not exists (
            select from pg_catalog.pg_policies as p
            where
                p.schemaname = 'public'
                and p.tablename = t.name
                and p.policyname = t.name || '_maintenance'
                and p.cmd = 'ALL'
                and p.roles = '{workflow_maintenance}'
                and p.qual = 'true'
                and p.with_check = 'true'
        )
    )
);

-- The policy that the cut-over may add is for roles that were not isolated before. It opens nothing
-- to a session that names an organisation.
select consolidation.claim_none(
    'no other policy of the document tables widens what a tenant sees',
    array(
        select format('%I on %I', p.policyname, p.tablename)
        from pg_catalog.pg_policies as p
        where
            p.schemaname = 'public'
            and p.tablename in ('user_workflow_run', 'user_workflow_run_step')
            and p.policyname not in (p.tablename || '_org_isolation', p.tablename || '_maintenance')
            and (
                p.policyname <> p.tablename || '_unscoped'
                or p.qual is distinct from p.with_check
                or p.qual <> '(( SELECT public.current_org_id() AS current_org_id) IS NULL)'
            )
    )
);

-- It raises an error of its own that names the tables and the role.
select consolidation.claim(
    'the role that verifies sees every row of old tables and documents',
    consolidation.see_everything() is not null
);

rollback;
