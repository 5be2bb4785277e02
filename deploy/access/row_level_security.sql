-- Deploy workflow_consolidation:access/row_level_security to pg
--
-- Why:    a session sees the runs and steps of the organisation it names in app.current_org_id, and
--         none when it names none. This also binds the owner (force), but not members of
--         workflow_maintenance. A scalar subquery reads the setting once a query, so that an index
--         on org_id can be used.
-- Locks:  access exclusive on the two new tables, which nobody uses yet.
-- Revert: drops the policies.

select consolidation.is_deployed('access/row_level_security') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create policy user_workflow_run_org_isolation on public.user_workflow_run
for all
using (org_id = (select public.current_org_id()))
with check (org_id = (select public.current_org_id()));
comment on policy user_workflow_run_org_isolation on public.user_workflow_run is
'A session sees and writes the organisation it names in app.current_org_id';

create policy user_workflow_run_maintenance on public.user_workflow_run
for all
to workflow_maintenance
using (true)
with check (true);
comment on policy user_workflow_run_maintenance on public.user_workflow_run is
'Deploys, backfill, comparison and reports work across organisations';

create policy user_workflow_run_step_org_isolation on public.user_workflow_run_step
for all
using (org_id = (select public.current_org_id()))
with check (org_id = (select public.current_org_id()));
comment on policy user_workflow_run_step_org_isolation on public.user_workflow_run_step is
'A session sees and writes the organisation it names in app.current_org_id';

create policy user_workflow_run_step_maintenance on public.user_workflow_run_step
for all
to workflow_maintenance
using (true)
with check (true);
comment on policy user_workflow_run_step_maintenance on public.user_workflow_run_step is
'Deploys, backfill, comparison and reports work across organisations';

-- Row level security hides rows without a word. Functions that carry over or compare call this
-- first.
create function consolidation.see_everything()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    hidden text;
begin
    select string_agg(t.relation::text, ', ' order by t.relation::text)
    into hidden
    from (
        select
            to_regclass('public.' || n.name) as relation,
            pg_has_role('workflow_maintenance', 'usage') as has_policy
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as n (name)
        union all
        select
            consolidation.old_table(n.name),
            false
        from unnest(consolidation.six_tables()) as n (name)
    ) as t
    where t.relation is not null and row_security_active(t.relation::oid) and not t.has_policy;
    if hidden is not null then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format(
                'row level security would hide rows of %s from %s', hidden, current_user
            ),
            hint = 'Be a member of workflow_maintenance; for old tables with policies of their '
            'own, their owner, or a role with bypassrls.';
    end if;
end;
$$;
comment on function consolidation.see_everything() is
'Raises 42501 if row level security hides rows of old tables or documents from the current role';

call consolidation.note_deployed('access/row_level_security');

commit;
