-- Deploy workflow_consolidation:access/workflow_owner to pg
--
-- Why:    page states name a workflow, and no organisation. A workflow belongs to the organisation
--         that had it first, and this table says which one. Naming the workflow later, in a run or
--         a configuration, makes nobody its owner. This script reads the old data once, before
--         there are documents, so that the order of the backfill decides nothing.
-- Locks:  none on existing tables, which are read once.
-- Revert: drops the table.

select consolidation.is_deployed('access/workflow_owner') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;
-- With row_security off, a row hidden from the deploying role raises an error. It would otherwise
-- leave a workflow without an owner.
set local row_security = off;

create table public.user_workflow_owner (
    workflow_id uuid not null,
    org_id uuid not null,
    constraint user_workflow_owner_pkey primary key (workflow_id)
);
comment on table public.user_workflow_owner is
'The organisation that had a workflow first, and so owns its page states. Triggers fill it;
applications cannot write it. A row stays when the runs of the workflow are deleted';
comment on column public.user_workflow_owner.workflow_id is
'Workflow that a run or a configuration named';
comment on column public.user_workflow_owner.org_id is
'Organisation of the earliest run or configuration in the old tables, or of the first one written
since. An update by workflow_maintenance gives the workflow to another organisation, for good';

insert into public.user_workflow_owner (workflow_id, org_id)
select distinct on (u.workflow_id)
    u.workflow_id,
    u.org_id
from (
    select
        t.workflow_id,
        t.org_id,
        t.created_at,
        t.trace_id
    from consolidation.old_trace as t
    union all
    select
        c.workflow_id,
        c.org_id,
        c.created_at,
        null
    from public.workflow_configs as c
) as u
where u.workflow_id is not null and u.org_id is not null
order by u.workflow_id, u.created_at, u.trace_id, u.org_id;
set local row_security = on;

create policy user_workflow_owner_maintenance on public.user_workflow_owner
for all
to workflow_maintenance
using (true)
with check (true);
comment on policy user_workflow_owner_maintenance on public.user_workflow_owner is
'Deploys, and the functions that look up an owner';
alter table public.user_workflow_owner enable row level security;
alter table public.user_workflow_owner force row level security;

create function public.is_own_workflow(workflow_id uuid)
returns boolean
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
return exists (
    select from public.user_workflow_owner as o
    where
        o.workflow_id = is_own_workflow.workflow_id
        and o.org_id = (select public.current_org_id())
);
comment on function public.is_own_workflow(uuid) is
'Whether the organisation of the session owns the workflow, by user_workflow_owner; false without an
organisation. Runs as workflow_maintenance and tells about the session''s organisation only. Raises
22P02 if app.current_org_id is no uuid';

create function public.keep_workflow_owner()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    if tg_level = 'ROW' then
        insert into public.user_workflow_owner (workflow_id, org_id)
        select
            new.workflow_id,
            new.org_id
        where new.workflow_id is not null
        on conflict do nothing;
        return null;
    end if;
    -- In key order, so that two sessions that name the same workflows cannot deadlock.
    insert into public.user_workflow_owner (workflow_id, org_id)
    select distinct on (n.workflow_id)
        n.workflow_id,
        n.org_id
    from new_row as n
    where
        n.workflow_id is not null
        and not exists (
            select from public.user_workflow_owner as o where o.workflow_id = n.workflow_id
        )
    order by n.workflow_id, n.created_at
    on conflict do nothing;
    return null;
end;
$$;
comment on function public.keep_workflow_owner() is
'Trigger of runs and configurations: a workflow that nobody had belongs to the organisation that
names it first. Of two sessions that name it at once, the second waits for the first to end';

do $$
begin
    perform consolidation.give_to_maintenance(
        array['public.is_own_workflow(uuid)', 'public.keep_workflow_owner()']::regprocedure []
    );
end
$$;

create trigger keep_workflow_owner_insert
after insert on public.user_workflow_run
referencing new table as new_row
for each statement
execute function public.keep_workflow_owner();
create trigger keep_workflow_owner_update
after update of workflow_id, org_id on public.user_workflow_run
for each row
when (
    old.workflow_id is distinct from new.workflow_id or old.org_id is distinct from new.org_id
)
execute function public.keep_workflow_owner();
alter table public.user_workflow_run enable always trigger keep_workflow_owner_insert;
alter table public.user_workflow_run enable always trigger keep_workflow_owner_update;

call consolidation.note_deployed('access/workflow_owner');

commit;
