-- Deploy workflow_consolidation:old_names/workflow_events to pg
--
-- Why:    this view takes the name at the cut-over, and its triggers turn writes into changes of
--         documents. old_names/elements gives the order of the triggers.
-- Locks:  none.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_events') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.workflow_events
with (security_invoker = true) as
select
    e.event_id,
    e.trace_id,
    e.step_id,
    e.event_type,
    e.event_data,
    e."timestamp"
from consolidation.event_row as e;
comment on view consolidation.workflow_events is
'Old name of the elements of events, readable and writable; limits: docs/old-names.md';
-- This default stands for "left out", and the trigger replaces it with the next id. A null that
-- somebody wrote must be refused, and the caller needs no privilege on the sequence. The number is
-- random, and nobody writes it; any other could be an id.
alter view consolidation.workflow_events
alter column event_id set default '-5719117740578205047'::bigint;
alter view consolidation.workflow_events
alter column "timestamp" set default now();

create function consolidation.deny_null_workflow_events()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_events');
    missing constant text := case
        when new.event_id is null then 'event_id'
        when new.trace_id is null then 'trace_id'
        when new.event_type is null and 'event_type' <> all (nullable) then 'event_type'
        when new.event_data is null then 'event_data'
        when new."timestamp" is null and 'timestamp' <> all (nullable) then 'timestamp'
        /* event not null: when new.<further> is null then '<further>' */
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;
comment on function consolidation.deny_null_workflow_events() is
'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

create function consolidation.write_workflow_events()
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
        previous := consolidation.event_element(
            old.event_id, old.event_type, old.event_data, old."timestamp"
        )
        /* event: || consolidation.to_key('legacy_<further>', old.<further>) */;
        select f.*
        into known
        from consolidation.find_event(old.trace_id, old.step_id, old.event_id, previous) as f;
        if known.place is null then
            return null;
        end if;
    end if;
    if tg_op = 'DELETE' then
        perform consolidation.patch(previous, known.content, '{}');
        perform consolidation.change_event(old.trace_id, old.step_id, known.place, null);
        return old;
    end if;

    if new.event_id = '-5719117740578205047'::bigint then
        new.event_id := nextval('public.workflow_events_event_id_seq');
    elsif tg_op = 'INSERT' or new.event_id <> old.event_id then
        perform consolidation.lock_events(new.trace_id, new.step_id);
        perform consolidation.refuse_known_event_id(new.event_id, tg_table_schema);
    end if;
    element := consolidation.event_element(
        new.event_id, new.event_type, new.event_data, new."timestamp"
    )
    /* event: || consolidation.to_key('legacy_<further>', new.<further>) */;
    if tg_op = 'UPDATE' then
        element := known.element || consolidation.patch(previous, known.content, element);
        if new.trace_id = old.trace_id and new.step_id is not distinct from old.step_id then
            perform consolidation.change_event(old.trace_id, old.step_id, known.place, element);
            return new;
        end if;
        perform consolidation.change_event(old.trace_id, old.step_id, known.place, null);
    end if;
    if not consolidation.change_event(new.trace_id, new.step_id, null, element) then
        perform consolidation.raise_foreign_key(
            tg_table_schema, tg_table_name, 'workflow_events_step_id_fkey',
            format(
                'Key (step_id)=(%s) is not present in workflow_steps of trace_id %s.',
                new.step_id, new.trace_id
            )
        );
    end if;
    return new;
end;
$$;
comment on function consolidation.write_workflow_events() is
'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, found
by its id in the present value. Raises 40001 if somebody else changed the same key of the element
meanwhile';

create trigger deny_null
instead of insert or update on consolidation.workflow_events
for each row execute function consolidation.deny_null_workflow_events();
create trigger guard
instead of insert or update on consolidation.workflow_events
for each row execute function consolidation.guard_trace_id();
create trigger write
instead of insert or update or delete on consolidation.workflow_events
for each row execute function consolidation.write_workflow_events();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.deny_null_workflow_events() owner to workflow_maintenance;
alter function consolidation.write_workflow_events() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;

call consolidation.note_deployed('old_names/workflow_events');

commit;
