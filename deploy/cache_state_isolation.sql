-- Deploy workflow_consolidation:cache_state_isolation to pg
--
-- Why:    page states hold what a workflow saw. They name no organisation, but a workflow, and
--         whose that is follows from its runs and configurations: an application sees the states
--         of its own. Roles that are no members of workflow_app see what they saw before.
-- Locks:  access exclusive on user_workflow_cache_state, for some milliseconds, in attempts of
--         40 ms.
-- Revert: drops the policies.

select consolidation.is_deployed('cache_state_isolation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.is_own_workflow(workflow_id uuid)
returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
begin atomic
    select
        exists (
            select from public.user_workflow_run as r
            where
                r.workflow_id = is_own_workflow.workflow_id
                and r.org_id = (select public.current_org_id())
        )
        or exists (
            select from public.user_workflow_config as c
            where
                c.workflow_id = is_own_workflow.workflow_id
                and c.org_id = (select public.current_org_id())
        );
end;
comment on function public.is_own_workflow(uuid) is
'Whether the organisation of the session has a run or a configuration of the workflow; false
without an organisation. Runs as workflow_maintenance, since not everybody who may see states may
see runs; it tells about the session''s organisation only. Raises 22P02 if app.current_org_id is no
uuid';

do $$
declare
    could_create constant boolean := has_schema_privilege(
        'workflow_maintenance', 'public', 'create'
    );
begin
    if not could_create then
        grant create on schema public to workflow_maintenance;
    end if;
    alter function public.is_own_workflow(uuid) owner to workflow_maintenance;
    if not could_create then
        revoke create on schema public from workflow_maintenance;
    end if;
end
$$;

do $$
begin
    perform consolidation.take_locks(
        array['public.user_workflow_cache_state'::regclass], 'access exclusive'
    );
    if not (
        select c.relrowsecurity from pg_catalog.pg_class as c
        where c.oid = 'public.user_workflow_cache_state'::regclass
    ) then
        create policy user_workflow_cache_state_org_isolation
        on public.user_workflow_cache_state
        for all
        to workflow_app
        using (public.is_own_workflow(workflow_id))
        with check (public.is_own_workflow(workflow_id));
        create policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state
        for all
        to workflow_maintenance
        using (true)
        with check (true);
        comment on policy user_workflow_cache_state_maintenance
        on public.user_workflow_cache_state is
        'Deploys and reports work across organisations';
        create policy user_workflow_cache_state_others on public.user_workflow_cache_state
        for all
        using ((select not pg_has_role('workflow_app', 'usage')))
        with check ((select not pg_has_role('workflow_app', 'usage')));
        comment on policy user_workflow_cache_state_others on public.user_workflow_cache_state is
        'Who is no member of workflow_app sees what he saw before';
        alter table public.user_workflow_cache_state enable row level security;
        alter table public.user_workflow_cache_state force row level security;
    else
        -- A permissive policy beside those that somebody made before would open what they close.
        create policy user_workflow_cache_state_org_isolation
        on public.user_workflow_cache_state
        as restrictive
        for all
        to workflow_app
        using (
            public.is_own_workflow(workflow_id)
            or (select pg_has_role('workflow_maintenance', 'usage'))
        )
        with check (
            public.is_own_workflow(workflow_id)
            or (select pg_has_role('workflow_maintenance', 'usage'))
        );
    end if;
end
$$;
comment on policy user_workflow_cache_state_org_isolation on public.user_workflow_cache_state is
'An application sees and writes the page states of workflows that its organisation has runs or
configurations of';

call consolidation.note_deployed('cache_state_isolation');

commit;
