-- Verify workflow_consolidation:cut_over on pg
--
-- The names are swapped, and the old names show what the old tables hold. Runs written to
-- since wait in the queue and are left out; once the contract project dropped the old tables,
-- nothing is left to compare with.

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'the names are swapped',
    consolidation.phase() in ('cut over', 'contract')
);

select consolidation.claim_none(
    'every old name is a view that reads with the rights of the caller',
    array(
        select n.name
        from unnest(
            consolidation.six_tables() || array['workflow_configs', 'micro_state']
        ) as n (name)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('public.' || n.name)
                and c.relkind = 'v'
                and c.reloptions @> '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'applications can read and write every new table, and truncate none',
    array(
        select format('%s on %s', p.privilege, t.name)
        from unnest(
            array[
                'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config',
                'user_workflow_cache_state'
            ]
        ) as t (name)
        cross join (
            values
            ('select', true), ('insert', true), ('update', true), ('delete', true),
            ('truncate', false)
        ) as p (privilege, is_granted)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('public.' || t.name)
                and c.relkind = 'r'
                and has_table_privilege('workflow_app', c.oid, p.privilege) = p.is_granted
        )
    )
);

select consolidation.claim(
    'row level security shows each organisation its own configurations only',
    exists (
        select from pg_catalog.pg_class as c
        inner join pg_catalog.pg_policy as p on p.polrelid = c.oid
        where
            c.oid = to_regclass('public.user_workflow_config')
            and c.relrowsecurity
            and c.relforcerowsecurity
            and p.polname = 'user_workflow_config_org_isolation'
            and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
            and pg_get_expr(p.polqual, p.polrelid) ~ 'org_id = \( SELECT public\.current_org_id\(\)'
    )
);

select consolidation.claim_none(
    'no other policy shows configurations to an organisation',
    array(
        select p.policyname::text
        from pg_catalog.pg_policies as p
        where
            p.schemaname = 'public'
            and p.tablename = 'user_workflow_config'
            and p.policyname not in (p.tablename || '_org_isolation', p.tablename || '_maintenance')
            and (
                p.policyname <> p.tablename || '_unscoped'
                or p.qual is distinct from p.with_check
                or p.qual <> '(( SELECT public.current_org_id() AS current_org_id) IS NULL)'
            )
    )
);

select consolidation.claim(
    'row level security shows applications the page states of their own workflows only',
    exists (
        select from pg_catalog.pg_class as c
        inner join pg_catalog.pg_policy as p on p.polrelid = c.oid
        where
            c.oid = to_regclass('public.user_workflow_cache_state')
            and c.relrowsecurity
            and (c.relforcerowsecurity or not p.polpermissive)
            and p.polname = 'user_workflow_cache_state_org_isolation'
            and p.polcmd = '*'
            and p.polroles = array['workflow_app'::regrole::oid]
            and pg_get_expr(p.polqual, p.polrelid) like '%public.is_own_workflow(workflow_id)%'
            and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
    )
);

-- Where the swap switched row level security on, the project knows every policy.
select consolidation.claim_none(
    'no other policy shows page states to applications',
    array(
        select p.policyname::text
        from pg_catalog.pg_policies as p
        where
            p.schemaname = 'public'
            and p.tablename = 'user_workflow_cache_state'
            and p.permissive = 'PERMISSIVE'
            and exists (
                select from pg_catalog.pg_policies as o
                where
                    o.schemaname = 'public'
                    and o.policyname = 'user_workflow_cache_state_org_isolation'
                    and o.permissive = 'PERMISSIVE'
            )
            and (p.policyname, p.roles, p.qual) not in (
                (
                    'user_workflow_cache_state_org_isolation'::name, '{workflow_app}'::name [],
                    'public.is_own_workflow(workflow_id)'
                ),
                ('user_workflow_cache_state_maintenance', '{workflow_maintenance}', 'true'),
                (
                    'user_workflow_cache_state_others', '{public}',
                    '( SELECT (NOT pg_has_role(''workflow_app''::name, ''usage''::text)))'
                )
            )
    )
);

select consolidation.claim_none(
    'triggers of the configurations note the owner of a workflow, always',
    array(
        select n.name
        from unnest(
            array['keep_workflow_owner_insert', 'keep_workflow_owner_update']
        ) as n (name)
        where not exists (
            select from pg_catalog.pg_trigger as g
            where
                g.tgrelid = to_regclass('public.user_workflow_config')
                and g.tgname = n.name
                and g.tgenabled = 'A'
                and g.tgfoid = to_regprocedure('public.keep_workflow_owner()')
        )
    )
);

select consolidation.claim_none(
    'the sequences of the old ids have their names',
    array(
        select n.name
        from unnest(
            array[
                'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq',
                'workflow_events_event_id_seq', 'workflow_trace_context_context_id_seq'
            ]
        ) as n (name)
        where not exists (
            select from pg_catalog.pg_sequence as s
            where s.seqrelid = to_regclass('public.' || n.name)
        )
    )
);

select consolidation.claim_none(
    'every foreign key that the cut-over moved is validated',
    array(
        select l.statement
        from consolidation.cut_over_log as l
        where l.stage = 'validate'
        order by l.ordinal
    )
);

-- Read from the record: later writes are in the queue, or were proved again when they were carried.
select consolidation.claim_none(
    'no run was found to differ when old tables and documents were last compared',
    array(
        select u.trace_id::text
        from consolidation.unequal_trace as u
        where consolidation.phase() <> 'contract'
        order by u.trace_id
    )
);

select consolidation.claim(
    'every run was compared, and every write since then was captured',
    consolidation.phase() = 'contract' or consolidation.is_proved()
);

rollback;
