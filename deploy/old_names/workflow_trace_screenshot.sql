-- Deploy workflow_consolidation:old_names/workflow_trace_screenshot to pg
--
-- Why:    the view that takes the name at the cut-over. Form and triggers as in
--         old_names/workflow_events.
-- Locks:  none.
-- Revert: drops views and triggers.

select consolidation.is_deployed('old_names/workflow_trace_screenshot') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create view consolidation.workflow_trace_screenshot
with (security_invoker = true) as
select
    s.screenshot_id,
    s.trace_id,
    s.org_id,
    s.node_name,
    s.step_index,
    s.screenshot_url,
    s.thumbnail_url,
    s.action_description,
    s.element_selector,
    s.element_found,
    s.confidence_score,
    s.created_at,
    s.node_id
from consolidation.screenshot_row as s;
comment on view consolidation.workflow_trace_screenshot is
'Old name of the elements of screenshots, readable and writable; see "Limits" in the README';
-- Stands for "left out" and becomes a random one in the trigger; see old_names/workflow_events.
alter view consolidation.workflow_trace_screenshot
alter column screenshot_id set default '0946dd8e-ce1c-4e28-a961-a5a206c819fe'::uuid;
alter view consolidation.workflow_trace_screenshot
alter column element_found set default false;
alter view consolidation.workflow_trace_screenshot
alter column created_at set default now();

create function consolidation.guard_workflow_trace_screenshot()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    missing text;
begin
    missing := case
        when new.screenshot_id is null then 'screenshot_id'
        when new.trace_id is null then 'trace_id'
        when new.org_id is null then 'org_id'
        when new.node_name is null then 'node_name'
        when new.step_index is null then 'step_index'
        when new.screenshot_url is null then 'screenshot_url'
        when new.action_description is null then 'action_description'
        when new.created_at is null then 'created_at'
        when new.node_id is null then 'node_id'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_trace_screenshot" violates '
                'not-null constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if
        new.org_id <> public.current_org_id()
        and (tg_op = 'INSERT' or new.org_id is distinct from old.org_id)
        and row_security_active('public.user_workflow_run')
        and not pg_has_role('workflow_maintenance', 'usage')
    then
        raise insufficient_privilege using
            message = 'new row violates row-level security policy for view '
            '"workflow_trace_screenshot"',
            detail = format('org_id %s is not the organisation of the session.', new.org_id);
    end if;
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_screenshot" violates foreign key '
            'constraint "workflow_trace_screenshot_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_screenshot_trace_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.guard_workflow_trace_screenshot() is
'Trigger, runs as the caller: raises 23502 and 23503 as the table did, 42501 for another org_id than
the session''s';

create function consolidation.write_workflow_trace_screenshot()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    holder uuid;
    known record;
    element jsonb;
    previous jsonb;
    wanted jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        previous := consolidation.screenshot_element(
            old.screenshot_id, old.org_id, old.node_name, old.step_index, old.screenshot_url,
            old.thumbnail_url, old.action_description, old.element_selector, old.element_found,
            old.confidence_score, old.created_at, old.node_id
        );
        -- Which row holds it is only known from the documents: all that may are locked.
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = old.trace_id
        for update;
        perform from public.user_workflow_run_step as s
        where s.legacy_trace_id = old.trace_id
        order by s.step_number
        for update;
        -- A new statement: it sees what was committed while the locks were waited for. An element
        -- without an id is known by what it says first; see old_names/workflow_events.
        select
            s.*,
            consolidation.screenshot_element(
                old.screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            ) as content,
            consolidation.to_uuid(s.element -> 'screenshot_id') is null as has_no_id
        into known
        from consolidation.screenshot_row as s
        where
            s.trace_id = old.trace_id
            and (
                s.screenshot_id = old.screenshot_id
                or consolidation.to_uuid(s.element -> 'screenshot_id') is null
            )
        order by
            consolidation.screenshot_element(
                old.screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            )::text = previous::text desc,
            s.screenshot_id = old.screenshot_id desc,
            s.place
        limit 1;
        if
            known.place is null
            or (known.screenshot_id <> old.screenshot_id and known.content::text <> previous::text)
        then
            return null;
        end if;
        if known.has_no_id and known.content::text <> previous::text then
            raise serialization_failure using
                message = 'could not serialize access due to concurrent update',
                detail = format(
                    'Another transaction changed screenshot_id %s meanwhile.', old.screenshot_id
                ),
                hint = 'Repeat the transaction.';
        end if;
        holder := known.on_step;
    end if;

    if tg_op <> 'DELETE' and new.screenshot_id = '0946dd8e-ce1c-4e28-a961-a5a206c819fe' then
        new.screenshot_id := gen_random_uuid();
    elsif tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.screenshot_id <> old.screenshot_id) then
        -- Whoever inserts the same id into the same execution now waits, and then sees it.
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = new.trace_id
        for update;
        if exists (
            select from consolidation.screenshot_row as s
            where s.trace_id = new.trace_id and s.screenshot_id = new.screenshot_id
        ) then
            raise unique_violation using
                message = 'duplicate key value violates unique constraint '
                '"workflow_trace_screenshot_pkey"',
                detail = format('Key (screenshot_id)=(%s) already exists.', new.screenshot_id),
                schema = tg_table_schema,
                table = tg_table_name,
                constraint = 'workflow_trace_screenshot_pkey';
        end if;
    end if;
    if tg_op in ('INSERT', 'UPDATE') then
        wanted := consolidation.screenshot_element(
            new.screenshot_id, new.org_id, new.node_name, new.step_index, new.screenshot_url,
            new.thumbnail_url, new.action_description, new.element_selector, new.element_found,
            new.confidence_score, new.created_at, new.node_id
        );
        element := wanted;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        element := known.element || consolidation.patch(
            previous,
            known.content,
            coalesce(wanted, '{}')
        );
    end if;

    if tg_op = 'UPDATE' and new.trace_id = old.trace_id then
        if holder is null then
            update public.user_workflow_run as r
            set screenshots = jsonb_set(r.screenshots, array[(known.place - 1)::text], element)
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set screenshots = jsonb_set(s.screenshots, array[(known.place - 1)::text], element)
            where s.step_id = holder;
        end if;
        return new;
    end if;

    -- Deleted, or moved to another execution.
    if tg_op in ('UPDATE', 'DELETE') then
        if holder is null then
            update public.user_workflow_run as r
            set screenshots = r.screenshots - (known.place - 1)::integer
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set screenshots = s.screenshots - (known.place - 1)::integer
            where s.step_id = holder;
        end if;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run_step as s
    set screenshots = coalesce(s.screenshots, '[]') || jsonb_build_array(element)
    where s.legacy_trace_id = new.trace_id and s.step_number = new.step_index;
    if not found then
        update public.user_workflow_run as r
        set screenshots = coalesce(r.screenshots, '[]') || jsonb_build_array(element)
        where r.legacy_trace_id = new.trace_id;
    end if;
    if not found then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_screenshot" violates foreign key '
            'constraint "workflow_trace_screenshot_trace_id_fkey"',
            detail = 'The execution was deleted meanwhile.',
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_screenshot_trace_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.write_workflow_trace_screenshot() is
'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, on the
step whose number is step_index, else on the run. Raises 23505 for a screenshot_id the execution
has, 40001 if somebody else changed the same key of the element meanwhile';

create trigger guard
instead of insert or update on consolidation.workflow_trace_screenshot
for each row execute function consolidation.guard_workflow_trace_screenshot();
create trigger write
instead of insert or update or delete on consolidation.workflow_trace_screenshot
for each row execute function consolidation.write_workflow_trace_screenshot();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.write_workflow_trace_screenshot() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;
revoke all on function consolidation.write_workflow_trace_screenshot() from public;

insert into consolidation.deployed_change (change) values ('old_names/workflow_trace_screenshot');

commit;
