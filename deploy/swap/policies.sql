-- Deploy workflow_consolidation:swap/policies to pg
--
-- Why:    from the cut-over on configurations are isolated like the documents, in place of their
--         own policies. The step stands next to its inverse.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/policies') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.policy_definition(policy oid, relation text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select format(
        'create policy %I on %s as %s for %s to %s%s%s',
        p.polname,
        relation,
        case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd
            when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
            when 'd' then 'delete' else 'all'
        end,
        (
            select string_agg(
                coalesce(quote_ident(r.rolname), 'public'), ', ' order by r.rolname
            )
            from unnest(p.polroles) as u (role_id)
            left join pg_roles as r on r.oid = u.role_id
        ),
        ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    )
    from pg_policy as p
    where p.oid = policy;
end;
comment on function consolidation.policy_definition(oid, text) is
'The statement that creates a policy again, on a relation of that name';

create function consolidation.isolate_configs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    configs constant regclass := to_regclass('public.user_workflow_config');
    own record;
begin
    -- The table's own policies would be alternatives to the isolation; they come back with the old
    -- name.
    for own in select * from pg_policy as p where p.polrelid = configs loop
        perform consolidation.remember(
            'after', configs, consolidation.policy_definition(own.oid, '<relation>'),
            must_succeed => not own.polpermissive
        );
        execute format('drop policy %I on %s', own.polname, configs);
    end loop;
    perform consolidation.remember('after', configs, v.statement)
    from pg_class as c
    cross join lateral (
        values
        (c.relrowsecurity, 'alter table <relation> disable row level security'),
        (c.relforcerowsecurity, 'alter table <relation> no force row level security')
    ) as v (was_set, statement)
    where c.oid = configs and not v.was_set;
    create policy user_workflow_config_org_isolation on public.user_workflow_config
    for all
    using (org_id = (select public.current_org_id()))
    with check (org_id = (select public.current_org_id()));
    comment on policy user_workflow_config_org_isolation on public.user_workflow_config is
    'A session sees and writes the organisation it names in app.current_org_id';
    create policy user_workflow_config_maintenance on public.user_workflow_config
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_config_maintenance on public.user_workflow_config is
    'Deploys and reports work across organisations';
    alter table public.user_workflow_config enable row level security;
    alter table public.user_workflow_config force row level security;
end;
$$;
comment on function consolidation.isolate_configs() is
'Gives the configurations the row level security of the documents, in place of their own';

create function consolidation.open_configs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- The table by either name: the old name is a view while the table has the new one.
    configs constant regclass := coalesce(
        to_regclass('public.user_workflow_config'), to_regclass('public.workflow_configs')
    );
begin
    execute format('drop policy user_workflow_config_maintenance on %s', configs);
    execute format('drop policy user_workflow_config_org_isolation on %s', configs);
end;
$$;
comment on function consolidation.open_configs() is
'The inverse of isolate_configs; what the configurations had of their own is remembered';

call consolidation.note_deployed('swap/policies');

commit;
