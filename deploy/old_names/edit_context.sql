-- Deploy workflow_consolidation:old_names/edit_context to pg
--
-- Why:    these functions find, remove and write one key of a context, for writes to
--         workflow_trace_context.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('old_names/edit_context') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.is_context_known(
    wanted_trace_id bigint, wanted_key text, previous jsonb
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    current jsonb;
begin
    perform consolidation.lock_run(wanted_trace_id);
    -- The next statement sees what was committed during the wait for the lock.
    select
        jsonb_build_object(
            'value', c.value, 'context_id', c.context_id,
            'created_at', c.created_at, 'updated_at', c.updated_at
        )
    into current
    from consolidation.context_row as c
    where c.trace_id = wanted_trace_id and c.key = wanted_key;
    if current is null then
        return false;
    end if;
    perform consolidation.patch(previous, current, '{}');
    return true;
end;
$$;
comment on function consolidation.is_context_known(bigint, text, jsonb) is
'Locks the document of a run and tells whether it still has the key. Raises 40001 if the key says
something else than before ("previous")';

create function consolidation.take_context(wanted_trace_id bigint, wanted_key text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.user_workflow_run as r
    set
        context = r.context - wanted_key,
        legacy = nullif(
            case
                when (r.legacy -> 'context') - wanted_key = '{}' then r.legacy - 'context'
                else r.legacy #- array['context', wanted_key]
            end,
            '{}'
        )
    where r.legacy_trace_id = wanted_trace_id;
end;
$$;
comment on function consolidation.take_context(bigint, text) is
'Removes a key of context, and its id and times from "legacy"';

create function consolidation.put_context(
    wanted_trace_id bigint, wanted_key text, value jsonb, origin jsonb, may_be_known boolean
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update public.user_workflow_run as r
    set
        context
        = case when jsonb_typeof(r.context) = 'object' then r.context else '{}' end
        || jsonb_build_object(wanted_key, value),
        legacy = coalesce(r.legacy, '{}') || jsonb_build_object(
            'context',
            coalesce(r.legacy -> 'context', '{}') || jsonb_build_object(wanted_key, origin)
        )
    where
        r.legacy_trace_id = wanted_trace_id
        and (may_be_known or not coalesce(r.context, '{}') ? wanted_key);
    return found;
end;
$$;
comment on function consolidation.put_context(bigint, text, jsonb, jsonb, boolean) is
'Writes a key of context, and its id and times into "legacy". Returns false if the run is gone or,
unless may_be_known, has the key';

create function consolidation.refuse_known_context_id(
    wanted_trace_id bigint, wanted bigint, table_schema text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Another session that inserts the same id into the same run waits, then sees it.
    perform consolidation.lock_run(wanted_trace_id);
    if exists (
        select from consolidation.context_row as c
        where c.trace_id = wanted_trace_id and c.context_id = wanted
    ) then
        perform consolidation.raise_unique(
            table_schema, 'workflow_trace_context', 'workflow_trace_context_pkey',
            format('Key (context_id)=(%s) already exists.', wanted)
        );
    end if;
end;
$$;
comment on function consolidation.refuse_known_context_id(bigint, bigint, text) is
'Locks the document of a run and raises 23505 if a key of the run has this context_id';

call consolidation.note_deployed('old_names/edit_context');

commit;
