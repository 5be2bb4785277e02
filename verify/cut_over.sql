-- Verify workflow_consolidation:cut_over on pg
--
-- The names are swapped, and the old names show what the old tables hold. Executions written to
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

select consolidation.claim_none(
    'applications and workflow_maintenance can read and write every old name',
    array(
        select format('%s on %s for %s', p.privilege, n.name, r.name)
        from unnest(
            consolidation.six_tables() || array['workflow_configs', 'micro_state']
        ) as n (name)
        cross join unnest(array['select', 'insert', 'update', 'delete']) as p (privilege)
        cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (name)
        where
            has_table_privilege(r.name, to_regclass('public.' || n.name), p.privilege)
            is not true
    )
);

select consolidation.claim_none(
    'applications can read the views behind the old names',
    array(
        select v.name
        from unnest(array['event_row', 'screenshot_row', 'context_row', 'endpoint_row']) as v (name)
        where
            has_table_privilege('workflow_app', to_regclass('consolidation.' || v.name), 'select')
            is not true
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

-- From the record: what was written since is in the queue, or was proved again when it was carried.
select consolidation.claim_none(
    'no execution was found to differ when old tables and documents were last compared',
    array(
        select u.trace_id::text
        from consolidation.unequal_trace as u
        where consolidation.phase() <> 'contract'
        order by u.trace_id
    )
);

select consolidation.claim(
    'every execution was compared, and every write since then was captured',
    consolidation.phase() = 'contract' or consolidation.is_proved()
);

rollback;
