-- Deploy workflow_consolidation:swap/page_states to pg
--
-- Why:    page states hold what a workflow saw. From the swap on an application sees and writes
--         those of the workflows that its organisation owns. Roles that are no members of
--         workflow_app see what they saw before.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/page_states') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.follow_configs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Configurations have no capture: these were written since the deploy of @expand.
    insert into public.user_workflow_owner (workflow_id, org_id)
    select distinct on (c.workflow_id)
        c.workflow_id,
        c.org_id
    from public.user_workflow_config as c
    where
        c.workflow_id is not null
        and c.org_id is not null
        and not exists (
            select from public.user_workflow_owner as o where o.workflow_id = c.workflow_id
        )
    order by c.workflow_id, c.created_at, c.config_id
    on conflict do nothing;
    create trigger keep_workflow_owner_insert
    after insert on public.user_workflow_config
    referencing new table as new_row
    for each statement
    execute function public.keep_workflow_owner();
    create trigger keep_workflow_owner_update
    after update of workflow_id, org_id on public.user_workflow_config
    for each row
    when (
        old.workflow_id is distinct from new.workflow_id or old.org_id is distinct from new.org_id
    )
    execute function public.keep_workflow_owner();
    alter table public.user_workflow_config enable always trigger keep_workflow_owner_insert;
    alter table public.user_workflow_config enable always trigger keep_workflow_owner_update;
end;
$$;
comment on function consolidation.follow_configs() is
'Makes each configuration note the owner of its workflow from now on, as a run does. Notes it for
the present ones at once';

create function consolidation.leave_configs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    drop trigger keep_workflow_owner_insert on public.user_workflow_config;
    drop trigger keep_workflow_owner_update on public.user_workflow_config;
end;
$$;
comment on function consolidation.leave_configs() is
'The inverse of follow_configs; owners stay';

create function consolidation.isolate_page_states()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    had_its_own constant boolean := (
        select c.relrowsecurity from pg_class as c
        where c.oid = 'public.user_workflow_cache_state'::regclass
    );
begin
    -- A permissive policy would open what the table's own policies close.
    execute format(
        'create policy user_workflow_cache_state_org_isolation
        on public.user_workflow_cache_state as %1$s for all to workflow_app
        using (public.is_own_workflow(workflow_id)%2$s)
        with check (public.is_own_workflow(workflow_id)%2$s)',
        case when had_its_own then 'restrictive' else 'permissive' end,
        case
            when had_its_own
                then ' or (select pg_has_role(''workflow_maintenance'', ''usage''))'
        end
    );
    comment on policy user_workflow_cache_state_org_isolation
    on public.user_workflow_cache_state is
    'An application sees and writes the page states of workflows that its organisation owns';
    if had_its_own then
        return;
    end if;
    create policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state is
    'Deploys and reports work across organisations';
    create policy user_workflow_cache_state_others on public.user_workflow_cache_state
    for all
    using ((select not pg_has_role('workflow_app', 'usage')))
    with check ((select not pg_has_role('workflow_app', 'usage')));
    comment on policy user_workflow_cache_state_others on public.user_workflow_cache_state is
    'A role that is no member of workflow_app sees what it saw before';
    alter table public.user_workflow_cache_state enable row level security;
    alter table public.user_workflow_cache_state force row level security;
end;
$$;
comment on function consolidation.isolate_page_states() is
'Gives the page states row level security by the owner of their workflow, alongside their own
policies if they have any';

create function consolidation.open_page_states()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- The table by either name: the old name is a view while the table has the new one.
    states constant regclass := coalesce(
        to_regclass('public.user_workflow_cache_state'), to_regclass('public.micro_state')
    );
    -- Row level security was on before where the policy had to be restrictive.
    had_its_own constant boolean := (
        select not p.polpermissive from pg_policy as p
        where p.polrelid = states and p.polname = 'user_workflow_cache_state_org_isolation'
    );
begin
    execute format('drop policy user_workflow_cache_state_org_isolation on %s', states);
    if had_its_own then
        return;
    end if;
    execute format('drop policy user_workflow_cache_state_others on %s', states);
    execute format('drop policy user_workflow_cache_state_maintenance on %s', states);
    execute format(
        'alter table %s no force row level security, disable row level security', states
    );
end;
$$;
comment on function consolidation.open_page_states() is
'The inverse of isolate_page_states';

call consolidation.note_deployed('swap/page_states');

commit;
