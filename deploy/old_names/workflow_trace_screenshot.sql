-- Deploy workflow_consolidation:old_names/workflow_trace_screenshot to pg
--
-- Why:    this view takes the name at the cut-over. old_names/elements gives the order of its
--         triggers.
-- Locks:  none.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_trace_screenshot') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

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
'Old name of the elements of screenshots, readable and writable; limits: docs/old-names.md';
-- Stands for "left out", and the trigger replaces it with a random id; see
-- old_names/workflow_events.
alter view consolidation.workflow_trace_screenshot
alter column screenshot_id set default '0946dd8e-ce1c-4e28-a961-a5a206c819fe'::uuid;
alter view consolidation.workflow_trace_screenshot
alter column element_found set default false;
alter view consolidation.workflow_trace_screenshot
alter column created_at set default now();

create function consolidation.forbid_other_org_id()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        new.org_id <> public.current_org_id()
        and (tg_op = 'INSERT' or new.org_id is distinct from old.org_id)
        and row_security_active('public.user_workflow_run')
        and not pg_has_role('workflow_maintenance', 'usage')
    then
        raise insufficient_privilege using
            message = format(
                'new row violates row-level security policy for view "%s"', tg_table_name
            ),
            detail = format('org_id %s is not the organisation of the session.', new.org_id);
    end if;
    return new;
end;
$$;
comment on function consolidation.forbid_other_org_id() is
'Trigger, runs as the caller: raises 42501 for another org_id than the session''s';

create function consolidation.deny_null_workflow_trace_screenshot()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_trace_screenshot');
    missing constant text := case
        when new.screenshot_id is null then 'screenshot_id'
        when new.trace_id is null then 'trace_id'
        when new.org_id is null and 'org_id' <> all (nullable) then 'org_id'
        when new.node_name is null and 'node_name' <> all (nullable) then 'node_name'
        when new.step_index is null and 'step_index' <> all (nullable) then 'step_index'
        when new.screenshot_url is null and 'screenshot_url' <> all (nullable) then 'screenshot_url'
        when new.action_description is null and 'action_description' <> all (nullable)
            then 'action_description'
        when new.created_at is null and 'created_at' <> all (nullable) then 'created_at'
        when new.node_id is null and 'node_id' <> all (nullable) then 'node_id'
        /* screenshot not null: when new.<further> is null then '<further>' */
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;
comment on function consolidation.deny_null_workflow_trace_screenshot() is
'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

create function consolidation.write_workflow_trace_screenshot()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    previous jsonb;
    known record;
    element jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        previous := consolidation.screenshot_element(
            old.screenshot_id, old.org_id, old.node_name, old.step_index, old.screenshot_url,
            old.thumbnail_url, old.action_description, old.element_selector, old.element_found,
            old.confidence_score, old.created_at, old.node_id
        )
        /* screenshot: || consolidation.to_key('legacy_<further>', old.<further>) */;
        select f.*
        into known
        from consolidation.find_screenshot(old.trace_id, old.screenshot_id, previous) as f;
        if known.place is null then
            return null;
        end if;
    end if;
    if tg_op = 'DELETE' then
        perform consolidation.patch(previous, known.content, '{}');
        perform consolidation.change_screenshot(old.trace_id, known.on_step, known.place, null);
        return old;
    end if;

    if
        new.screenshot_id = '0946dd8e-ce1c-4e28-a961-a5a206c819fe'
        /* numbered: or new.screenshot_id = consolidation.screenshot_uuid('-5719117740578205047') */
    then
        /* numbered: new.screenshot_id := nextval(
            'public.workflow_trace_screenshot_screenshot_id_seq'
        ); if false then */
        new.screenshot_id := gen_random_uuid();
        /* numbered: end if; */
    elsif tg_op = 'INSERT' or new.screenshot_id <> old.screenshot_id then
        perform consolidation.refuse_known_screenshot_id(
            new.trace_id, new.screenshot_id, tg_table_schema
        );
    end if;
    /* linked: if new.step_id is not null and new.step_index is null then
        perform consolidation.raise_foreign_key(
            tg_table_schema, tg_table_name, 'workflow_trace_screenshot_step_id_fkey',
            format('Key (step_id)=(%s) is no step of the run.', new.step_id)
        );
    end if; */
    element := consolidation.screenshot_element(
        new.screenshot_id, new.org_id, new.node_name, new.step_index, new.screenshot_url,
        new.thumbnail_url, new.action_description, new.element_selector, new.element_found,
        new.confidence_score, new.created_at, new.node_id
    )
    /* screenshot: || consolidation.to_key('legacy_<further>', new.<further>) */;
    if tg_op = 'UPDATE' then
        element := known.element || consolidation.patch(previous, known.content, element);
        perform consolidation.change_screenshot(
            old.trace_id, known.on_step, known.place,
            case
                when
                    new.trace_id = old.trace_id
                    /* linked: and new.step_id is not distinct from old.step_id */
                    then element
            end
        );
    end if;
    if
        (
            tg_op = 'INSERT'
            or new.trace_id <> old.trace_id
            /* linked: or new.step_id is distinct from old.step_id */
        )
        and not consolidation.append_screenshot(new.trace_id, new.step_index, element)
    then
        perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    end if;
    return new;
end;
$$;
comment on function consolidation.write_workflow_trace_screenshot() is
'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, on the
step whose number is step_index, else on the run. Raises 23505 for a screenshot_id the run
has, 40001 if somebody else changed the same key of the element meanwhile';

create trigger deny_null
instead of insert or update on consolidation.workflow_trace_screenshot
for each row execute function consolidation.deny_null_workflow_trace_screenshot();
create trigger forbid
instead of insert or update on consolidation.workflow_trace_screenshot
for each row execute function consolidation.forbid_other_org_id();
create trigger guard
instead of insert or update on consolidation.workflow_trace_screenshot
for each row execute function consolidation.guard_trace_id();
create trigger write
instead of insert or update or delete on consolidation.workflow_trace_screenshot
for each row execute function consolidation.write_workflow_trace_screenshot();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.deny_null_workflow_trace_screenshot() owner to workflow_maintenance;
alter function consolidation.write_workflow_trace_screenshot() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;

call consolidation.note_deployed('old_names/workflow_trace_screenshot');

commit;
