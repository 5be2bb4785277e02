-- Deploy workflow_consolidation:old_names/workflow_trace_endpoint to pg
--
-- Why:    this view takes the name at the cut-over. old_names/elements gives the order of its
--         triggers.
-- Locks:  none.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_trace_endpoint') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.workflow_trace_endpoint
with (security_invoker = true) as
select
    e.trace_id,
    e.endpoint_id
from consolidation.endpoint_row as e;
comment on view consolidation.workflow_trace_endpoint is
'Old name of the elements of endpoints_used, readable and writable; limits: docs/old-names.md';

create function consolidation.deny_null_workflow_trace_endpoint()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    missing constant text := case
        when new.trace_id is null then 'trace_id'
        when new.endpoint_id is null then 'endpoint_id'
    end;
begin
    if missing is not null then
        perform consolidation.raise_not_null(tg_table_schema, tg_table_name, missing);
    end if;
    return new;
end;
$$;
comment on function consolidation.deny_null_workflow_trace_endpoint() is
'Trigger, runs as workflow_maintenance: raises 23502 as the table did';

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
        perform consolidation.lock_run(old.trace_id);
        select min(e.place)
        into known_place
        from consolidation.endpoint_row as e
        where e.trace_id = old.trace_id and e.endpoint_id = old.endpoint_id;
        if known_place is null then
            return null;
        end if;
        update public.user_workflow_run as r
        set endpoints_used = consolidation.with_element(r.endpoints_used, known_place, null)
        where r.legacy_trace_id = old.trace_id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run as r
    set
        endpoints_used
        = consolidation.with_element(r.endpoints_used, null, to_jsonb(new.endpoint_id))
    where
        r.legacy_trace_id = new.trace_id
        and not coalesce(r.endpoints_used, '[]') @> to_jsonb(new.endpoint_id);
    if found then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        perform consolidation.raise_unique(
            tg_table_schema, tg_table_name, 'workflow_trace_endpoint_pkey',
            format(
                'Key (trace_id, endpoint_id)=(%s, %s) already exists.',
                new.trace_id, new.endpoint_id
            )
        );
    end if;
    perform consolidation.raise_deleted(tg_table_schema, tg_table_name);
    return null;
end;
$$;
comment on function consolidation.write_workflow_trace_endpoint() is
'Trigger, runs as workflow_maintenance after the guard: changes one element of endpoints_used.
Raises 23505 for an endpoint the run has';

create trigger deny_null
instead of insert or update on consolidation.workflow_trace_endpoint
for each row execute function consolidation.deny_null_workflow_trace_endpoint();
create trigger guard
instead of insert or update on consolidation.workflow_trace_endpoint
for each row execute function consolidation.guard_trace_id();
create trigger write
instead of insert or update or delete on consolidation.workflow_trace_endpoint
for each row execute function consolidation.write_workflow_trace_endpoint();

grant create on schema consolidation to workflow_maintenance;
alter function consolidation.deny_null_workflow_trace_endpoint() owner to workflow_maintenance;
alter function consolidation.write_workflow_trace_endpoint() owner to workflow_maintenance;
revoke create on schema consolidation from workflow_maintenance;

call consolidation.note_deployed('old_names/workflow_trace_endpoint');

commit;
