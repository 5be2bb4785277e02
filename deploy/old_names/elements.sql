-- Deploy workflow_consolidation:old_names/elements to pg
--
-- Why:    the old names of elements share these: the errors that a table would raise, the trigger
--         that refuses a row whose run the caller does not see, and the edit of one element of a
--         document.
-- Locks:  none.
-- Revert: drops the functions.
--
-- A write to an old name passes its triggers in the order of their names. "deny_null" refuses
-- nulls. "forbid" and "guard" run as the caller: they refuse another organisation, and a run
-- that the caller does not see. "write" runs as workflow_maintenance and changes the document, so
-- that a role that could only insert events cannot rewrite documents either.
--
-- PostgreSQL has no trigger on a view that always fires. With session_replication_role = replica a
-- write to these names says how many rows it found, and changes none.

select consolidation.is_deployed('old_names/elements') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.raise_not_null(
    table_schema text, table_name text, column_name text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise not_null_violation using
        message = format(
            'null value in column "%s" of relation "%s" violates not-null constraint',
            column_name, table_name
        ),
        schema = table_schema, table = table_name, column = column_name;
end;
$$;
comment on function consolidation.raise_not_null(text, text, text) is
'Raises 23502 as a table does';

create function consolidation.raise_foreign_key(
    table_schema text, table_name text, constraint_name text, error_detail text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise foreign_key_violation using
        message = format(
            'insert or update on table "%s" violates foreign key constraint "%s"',
            table_name, constraint_name
        ),
        detail = error_detail,
        schema = table_schema, table = table_name, constraint = constraint_name;
end;
$$;
comment on function consolidation.raise_foreign_key(text, text, text, text) is
'Raises 23503 as a table does';

create function consolidation.raise_deleted(table_schema text, table_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.raise_foreign_key(
        table_schema, table_name, table_name || '_trace_id_fkey',
        'The run was deleted meanwhile.'
    );
end;
$$;
comment on function consolidation.raise_deleted(text, text) is
'Raises 23503: the run that the guard found is gone';

create function consolidation.raise_unique(
    table_schema text, table_name text, constraint_name text, error_detail text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise unique_violation using
        message = format(
            'duplicate key value violates unique constraint "%s"', constraint_name
        ),
        detail = error_detail,
        schema = table_schema, table = table_name, constraint = constraint_name;
end;
$$;
comment on function consolidation.raise_unique(text, text, text, text) is
'Raises 23505 as a table does';

create function consolidation.raise_concurrent_update(error_detail text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise serialization_failure using
        message = 'could not serialize access due to concurrent update',
        detail = error_detail,
        hint = 'Repeat the transaction.';
end;
$$;
comment on function consolidation.raise_concurrent_update(text) is
'Raises 40001: somebody else changed what the statement was about to change';

-- The trigger runs as the caller, which has no rights on this schema and cannot call the functions
-- above.
create function consolidation.guard_trace_id()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = format(
                'insert or update on table "%s" violates foreign key constraint '
                '"%s_trace_id_fkey"', tg_table_name, tg_table_name
            ),
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = tg_table_name || '_trace_id_fkey';
    end if;
    return new;
end;
$$;
comment on function consolidation.guard_trace_id() is
'Trigger of an old name, runs as the caller: raises 23503 as the key to workflow_trace did; a
run that the caller does not see does not exist for it';

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
        -- Compared as text: 1.1 and 1.10 are equal, but not the same.
        if (wanted -> name)::text is distinct from (previous -> name)::text then
            if (current -> name)::text is distinct from (previous -> name)::text then
                perform consolidation.raise_concurrent_update(
                    format('Another transaction changed "%s" meanwhile.', name)
                );
            end if;
            change := change || jsonb_build_object(name, wanted -> name);
        end if;
    end loop;
    return change;
end;
$$;
comment on function consolidation.patch(jsonb, jsonb, jsonb) is
'The changes of an update: the keys in which wanted differs from previous ("{}" stands for a delete
and differs in all). Raises 40001 if somebody else changed one of them meanwhile, so that no update
is lost';

-- Stable, as jsonb_build_array is: declared immutable, it would not be unfolded into the query.
create function consolidation.with_element(elements jsonb, place bigint, element jsonb)
returns jsonb
language sql
stable
parallel safe
return case
    when place is null then coalesce(elements, '[]') || jsonb_build_array(element)
    when element is null then elements - (place - 1)::integer
    else jsonb_set(elements, array[(place - 1)::text], element)
end;
comment on function consolidation.with_element(jsonb, bigint, jsonb) is
'The array with the element at "place", from 1, replaced by "element"; removed where element is
null; appended where place is null';

create function consolidation.lock_run(wanted_trace_id bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
    from public.user_workflow_run as r
    where r.legacy_trace_id = wanted_trace_id
    for update;
end;
$$;
comment on function consolidation.lock_run(bigint) is
'Locks the document of a run. The next statement sees what was committed while this waited';

call consolidation.note_deployed('old_names/elements');

commit;
