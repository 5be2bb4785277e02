-- Deploy workflow_consolidation:old_names/workflow_trace_context to pg
--
-- Why:    this view takes the name at the cut-over. old_names/elements gives the order of its
--         triggers.
-- Locks:  share row exclusive on user_workflow_run, which nobody uses yet.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_trace_context') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.workflow_trace_context
with (security_invoker = true) as
select
    c.context_id,
    c.trace_id,
    c.key,
    c.value,
    c.created_at,
    c.updated_at
from consolidation.context_row as c;
comment on view consolidation.workflow_trace_context is
'Old name of the keys of context, readable and writable; limits: docs/old-names.md';
-- Stands for "left out"; see old_names/workflow_events.
alter view consolidation.workflow_trace_context
alter column context_id set default '-5719117740578205047'::bigint;
alter view consolidation.workflow_trace_context
alter column created_at set default now();

-- Keys that new code writes get an id and a time, as the old table kept them for a key. The
-- condition of the triggers keeps them from running when a write brings both itself.
create function consolidation.keep_context_origin()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    known jsonb := coalesce(new.legacy -> 'context', '{}');
begin
    if jsonb_typeof(new.context) = 'object' then
        known := (
            select jsonb_object_agg(
                c.key,
                coalesce(
                    known -> c.key,
                    consolidation.context_origin(
                        nextval('public.workflow_trace_context_context_id_seq'), now(), null
                    )
                )
            )
            from jsonb_each(new.context) as c
        );
        new.legacy := case
            when known is null then nullif(new.legacy - 'context', '{}')
            else coalesce(new.legacy, '{}') || jsonb_build_object('context', known)
        end;
    end if;
    return new;
end;
$$;
comment on function consolidation.keep_context_origin() is
'Trigger: gives a new key of context the context_id and created_at that the old name shows, and
forgets those of a removed key';

create trigger keep_context_origin_insert
before insert on public.user_workflow_run
for each row
when (new.context <> '{}' and new.legacy is null)
execute function consolidation.keep_context_origin();

create trigger keep_context_origin_update
before update of context on public.user_workflow_run
for each row
when (
    old.context is distinct from new.context
    and old.legacy is not distinct from new.legacy
)
execute function consolidation.keep_context_origin();
alter table public.user_workflow_run enable always trigger keep_context_origin_insert;
alter table public.user_workflow_run enable always trigger keep_context_origin_update;

create function consolidation.deny_null_workflow_trace_context()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    nullable constant text [] := consolidation.nullable_columns('workflow_trace_context');
    missing constant text := case
        when new.context_id is null then 'context_id'
        when new.trace_id is null then 'trace_id'
        when new.key is null then 'key'
        when new.value is null then 'value'
        when new.created_at is null and 'created_at' <> all (nullable) then 'created_at'
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;
comment on function consolidation.deny_null_workflow_trace_context() is
'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

create function consolidation.write_workflow_trace_context()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    if tg_op <> 'DELETE' and new.context_id = '-5719117740578205047'::bigint then
        new.context_id := nextval('public.workflow_trace_context_context_id_seq');
    elsif tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.context_id <> old.context_id) then
        perform consolidation.refuse_known_context_id(
            new.trace_id, new.context_id, tg_table_schema
        );
    end if;
    if
        tg_op in ('UPDATE', 'DELETE')
        and not consolidation.is_context_known(
            old.trace_id, old.key, jsonb_build_object(
                'value', old.value, 'context_id', old.context_id,
                'created_at', old.created_at, 'updated_at', old.updated_at
            )
        )
    then
        return null;
    end if;
    -- The key is removed first: the new row may have another one, or another run.
    if
        tg_op = 'DELETE'
        or (tg_op = 'UPDATE' and (new.trace_id <> old.trace_id or new.key <> old.key))
    then
        perform consolidation.take_context(old.trace_id, old.key);
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    if consolidation.put_context(
        new.trace_id, new.key, new.value,
        consolidation.context_origin(new.context_id, new.created_at, new.updated_at),
        tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.key = old.key
    ) then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        perform consolidation.raise_unique(
            tg_table_schema, tg_table_name, 'workflow_trace_context_trace_id_key_key',
            format('Key (trace_id, key)=(%s, %s) already exists.', new.trace_id, new.key)
        );
    end if;
    perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    return null;
end;
$$;
comment on function consolidation.write_workflow_trace_context() is
'Trigger, runs as workflow_maintenance after the guard: changes one key of context. Raises 23505 for
a key the run has, 40001 if somebody else changed the key meanwhile';

create trigger deny_null
instead of insert or update on consolidation.workflow_trace_context
for each row execute function consolidation.deny_null_workflow_trace_context();
create trigger guard
instead of insert or update on consolidation.workflow_trace_context
for each row execute function consolidation.guard_trace_id();
create trigger write
instead of insert or update or delete on consolidation.workflow_trace_context
for each row execute function consolidation.write_workflow_trace_context();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.deny_null_workflow_trace_context() owner to workflow_maintenance;
alter function consolidation.write_workflow_trace_context() owner to workflow_maintenance;
alter function consolidation.keep_context_origin() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;

call consolidation.note_deployed('old_names/workflow_trace_context');

commit;
