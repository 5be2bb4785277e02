-- Deploy workflow_consolidation:old_names/workflow_trace_endpoint to pg
--
-- Why:    the view that takes the name at the cut-over.
-- Locks:  none.
-- Revert: drops views and triggers.

select consolidation.is_deployed('old_names/workflow_trace_endpoint') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create view consolidation.workflow_trace_endpoint
with (security_invoker = true) as
select
    e.trace_id,
    e.endpoint_id
from consolidation.endpoint_row as e;
comment on view consolidation.workflow_trace_endpoint is
'Old name of the elements of endpoints_used, readable and writable; see "Limits" in the README';

create function consolidation.guard_workflow_trace_endpoint()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    missing text;
begin
    missing := case
        when new.trace_id is null then 'trace_id'
        when new.endpoint_id is null then 'endpoint_id'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_trace_endpoint" violates '
                'not-null constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_endpoint" violates foreign key '
            'constraint "workflow_trace_endpoint_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_endpoint_trace_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.guard_workflow_trace_endpoint() is
'Trigger, runs as the caller: raises 23502 and 23503 as the table did';

create function consolidation.write_workflow_trace_endpoint()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    known_place bigint;
begin
    if tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.endpoint_id = old.endpoint_id then
        return new;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = old.trace_id
        for update;
        -- A new statement: it sees what was committed while the lock was waited for.
        select min(e.place)
        into known_place
        from consolidation.endpoint_row as e
        where e.trace_id = old.trace_id and e.endpoint_id = old.endpoint_id;
        if known_place is null then
            return null;
        end if;
        update public.user_workflow_run as r
        set endpoints_used = r.endpoints_used - (known_place - 1)::integer
        where r.legacy_trace_id = old.trace_id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run as r
    set endpoints_used = coalesce(r.endpoints_used, '[]') || to_jsonb(new.endpoint_id)
    where
        r.legacy_trace_id = new.trace_id
        and not coalesce(r.endpoints_used, '[]') @> to_jsonb(new.endpoint_id);
    if found then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise unique_violation using
            message = 'duplicate key value violates unique constraint '
            '"workflow_trace_endpoint_pkey"',
            detail = format(
                'Key (trace_id, endpoint_id)=(%s, %s) already exists.',
                new.trace_id, new.endpoint_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_endpoint_pkey';
    end if;
    raise foreign_key_violation using
        message = 'insert or update on table "workflow_trace_endpoint" violates foreign key '
        'constraint "workflow_trace_endpoint_trace_id_fkey"',
        detail = 'The execution was deleted meanwhile.',
        schema = tg_table_schema,
        table = tg_table_name,
        constraint = 'workflow_trace_endpoint_trace_id_fkey';
end;
$$;
comment on function consolidation.write_workflow_trace_endpoint() is
'Trigger, runs as workflow_maintenance after the guard: changes one element of endpoints_used.
Raises 23505 for an endpoint the execution has';

create trigger guard
instead of insert or update on consolidation.workflow_trace_endpoint
for each row execute function consolidation.guard_workflow_trace_endpoint();
create trigger write
instead of insert or update or delete on consolidation.workflow_trace_endpoint
for each row execute function consolidation.write_workflow_trace_endpoint();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.write_workflow_trace_endpoint() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;
revoke all on function consolidation.write_workflow_trace_endpoint() from public;

insert into consolidation.deployed_change (change) values ('old_names/workflow_trace_endpoint');

commit;
