-- Deploy workflow_consolidation:old_names/workflow_events to pg
--
-- Why:    the view that takes the name at the cut-over, and what writing it does to documents.
-- Locks:  none.
-- Revert: drops views and triggers.
--
-- Writing takes two triggers, in the order of their names. The first runs as the caller and asks
-- whether the caller sees the execution; the second runs as workflow_maintenance and changes the
-- document, so that a role that could only insert events cannot rewrite documents either.

select consolidation.is_deployed('old_names/workflow_events') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

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
'Old name of the elements of events, readable and writable; see "Limits" in the README';
-- Stands for "left out" and becomes the next id in the trigger: a null that somebody wrote must be
-- refused, and the caller needs no privilege on the sequence. A random number, which nobody writes
-- himself; any other could be an id.
alter view consolidation.workflow_events
alter column event_id set default '-5719117740578205047'::bigint;
alter view consolidation.workflow_events
alter column "timestamp" set default now();

create function consolidation.patch(previous jsonb, current jsonb, wanted jsonb)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    name text;
    change jsonb := '{}'::jsonb;
begin
    for name in select k from jsonb_object_keys(previous) as k loop
        -- As text: 1.1 and 1.10 are equal, but not the same.
        if (wanted -> name)::text is distinct from (previous -> name)::text then
            if (current -> name)::text is distinct from (previous -> name)::text then
                raise serialization_failure using
                    message = 'could not serialize access due to concurrent update',
                    detail = format('Another transaction changed "%s" meanwhile.', name),
                    hint = 'Repeat the transaction.';
            end if;
            change := change || jsonb_build_object(name, wanted -> name);
        end if;
    end loop;
    return change;
end;
$$;
comment on function consolidation.patch(jsonb, jsonb, jsonb) is
'What an update changes: the keys in which wanted differs from previous ("{}" stands for a delete
and differs in all). Raises 40001 if somebody else changed one of them meanwhile: no update is
lost';

create function consolidation.guard_workflow_events()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    missing text;
begin
    missing := case
        when new.event_id is null then 'event_id'
        when new.trace_id is null then 'trace_id'
        when new.event_type is null then 'event_type'
        when new.event_data is null then 'event_data'
        when new."timestamp" is null then 'timestamp'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_events" violates not-null '
                'constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if
        tg_op = 'UPDATE'
        and new.trace_id = old.trace_id
        and new.step_id is not distinct from old.step_id
    then
        return new;
    end if;
    if not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_trace_id_fkey';
    end if;
    if new.step_id is not null and not exists (
        select from public.user_workflow_run_step as s
        where s.legacy_step_id = new.step_id and s.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_step_id_fkey"',
            detail = format(
                'Key (step_id)=(%s) is not present in workflow_steps of trace_id %s.',
                new.step_id, new.trace_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_step_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.guard_workflow_events() is
'Trigger, runs as the caller: raises 23502 and 23503 as the table did; an execution the caller does
not see does not exist for it';

create function consolidation.write_workflow_events()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    known record;
    element jsonb;
    has_next_id boolean := false;
begin
    if tg_op <> 'DELETE' and new.event_id = '-5719117740578205047'::bigint then
        new.event_id := nextval('public.workflow_events_event_id_seq');
        has_next_id := true;
    end if;

    if tg_op in ('UPDATE', 'DELETE') then
        if old.step_id is null then
            perform from public.user_workflow_run as r
            where r.legacy_trace_id = old.trace_id
            for update;
        else
            perform from public.user_workflow_run_step as s
            where s.legacy_step_id = old.step_id
            for update;
        end if;
        -- A new statement: it sees what was committed while the lock was waited for. An element
        -- without an id is known by what it says first: its place may have changed, also by what
        -- this very statement did before.
        select
            e.*,
            (e.event_type, e.event_data::text, e."timestamp")
            is not distinct from (old.event_type, old.event_data::text, old."timestamp") as is_same
        into known
        from consolidation.event_row as e
        where
            e.trace_id = old.trace_id
            and (e.step_id = old.step_id or (e.step_id is null and old.step_id is null))
            and (
                e.event_id = old.event_id
                or (
                    old.event_id < 0 and consolidation.to_bigint(e.element -> 'event_id') is null
                )
            )
        order by is_same desc, e.event_id = old.event_id desc, e.place
        limit 1;
        if known.place is null or (known.event_id <> old.event_id and not known.is_same) then
            return null;
        end if;
        if not known.is_same and consolidation.to_bigint(known.element -> 'event_id') is null then
            raise serialization_failure using
                message = 'could not serialize access due to concurrent update',
                detail = format('Another transaction changed event_id %s meanwhile.', old.event_id),
                hint = 'Repeat the transaction.';
        end if;
    end if;

    if tg_op = 'INSERT' then
        if not has_next_id then
            -- Whoever inserts the same id into the same document now waits, and then sees it.
            if new.step_id is null then
                perform from public.user_workflow_run as r
                where r.legacy_trace_id = new.trace_id
                for update;
            else
                perform from public.user_workflow_run_step as s
                where s.legacy_step_id = new.step_id
                for update;
            end if;
            perform consolidation.refuse_known_event_id(new.event_id);
        end if;
        element := consolidation.event_element(
            new.event_id, new.event_type, new.event_data, new."timestamp"
        );
    elsif tg_op = 'UPDATE' then
        if new.event_id <> old.event_id and not has_next_id then
            perform consolidation.refuse_known_event_id(new.event_id);
        end if;
        element := known.element || consolidation.patch(
            consolidation.event_element(
                old.event_id, old.event_type, old.event_data, old."timestamp"
            ),
            consolidation.event_element(
                old.event_id, known.event_type, known.event_data, known."timestamp"
            ),
            consolidation.event_element(
                new.event_id, new.event_type, new.event_data, new."timestamp"
            )
        );
        if new.trace_id = old.trace_id and new.step_id is not distinct from old.step_id then
            if old.step_id is null then
                update public.user_workflow_run as r
                set events = jsonb_set(r.events, array[(known.place - 1)::text], element)
                where r.legacy_trace_id = old.trace_id;
            else
                update public.user_workflow_run_step as s
                set events = jsonb_set(s.events, array[(known.place - 1)::text], element)
                where s.legacy_step_id = old.step_id;
            end if;
            return new;
        end if;
    else
        perform consolidation.patch(
            consolidation.event_element(
                old.event_id, old.event_type, old.event_data, old."timestamp"
            ),
            consolidation.event_element(
                old.event_id, known.event_type, known.event_data, known."timestamp"
            ),
            '{}'
        );
    end if;

    -- Deleted, or moved to another document.
    if tg_op in ('UPDATE', 'DELETE') then
        if old.step_id is null then
            update public.user_workflow_run as r
            set events = r.events - (known.place - 1)::integer
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set events = s.events - (known.place - 1)::integer
            where s.legacy_step_id = old.step_id;
        end if;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    if new.step_id is null then
        update public.user_workflow_run as r
        set events = coalesce(r.events, '[]') || jsonb_build_array(element)
        where r.legacy_trace_id = new.trace_id;
    else
        update public.user_workflow_run_step as s
        set events = coalesce(s.events, '[]') || jsonb_build_array(element)
        where s.legacy_step_id = new.step_id and s.legacy_trace_id = new.trace_id;
    end if;
    if not found then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_step_id_fkey"',
            detail = 'The execution or step was deleted meanwhile.',
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_step_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.write_workflow_events() is
'Trigger, runs as workflow_maintenance after guard_workflow_events: changes one element of one
document, found by its id in the present value. Raises 40001 if somebody else changed the same key
of the element meanwhile';

create function consolidation.refuse_known_event_id(wanted bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if
        exists (
            select from public.user_workflow_run_step as s
            where s.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
        or exists (
            select from public.user_workflow_run as r
            where
                r.events <> '[]'
                and r.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
    then
        raise unique_violation using
            message = 'duplicate key value violates unique constraint "workflow_events_pkey"',
            detail = format('Key (event_id)=(%s) already exists.', wanted),
            schema = 'public',
            table = 'workflow_events',
            constraint = 'workflow_events_pkey';
    end if;
end;
$$;
comment on function consolidation.refuse_known_event_id(bigint) is
'Raises 23505 if an element has this event_id. Only for ids that come from the caller: those from
the sequence are new';

create trigger guard
instead of insert or update on consolidation.workflow_events
for each row execute function consolidation.guard_workflow_events();
create trigger write
instead of insert or update or delete on consolidation.workflow_events
for each row execute function consolidation.write_workflow_events();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.write_workflow_events() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;
revoke all on function consolidation.write_workflow_events() from public;

insert into consolidation.deployed_change (change) values ('old_names/workflow_events');

commit;
