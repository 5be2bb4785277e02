-- Deploy workflow_consolidation:documents/run_functions to pg
--
-- Why:    each function is one statement on a run, and loses no change of another session.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('documents/run_functions') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.start_run(
    workflow_id uuid,
    channel text,
    created_by uuid,
    org_id uuid default null,
    context jsonb default '{}',
    external_id text default null,
    status text default 'running'
)
returns public.user_workflow_run
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    owner uuid := coalesce(start_run.org_id, public.current_org_id());
    known_channel public.user_workflow_run.channel%type := start_run.channel;
    known_status public.user_workflow_run.status%type := start_run.status;
    started public.user_workflow_run;
begin
    if owner is null then
        raise exception using
            errcode = 'not_null_violation',
            message = 'start_run: no organisation',
            hint = 'Pass org_id, or: set local app.current_org_id = ''...''';
    end if;
    if jsonb_typeof(start_run.context) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'start_run: context must be an object, not %s',
                coalesce(jsonb_typeof(start_run.context), 'null')
            );
    end if;
    insert into public.user_workflow_run as r (
        workflow_id, org_id, channel, created_by, context, external_id, status, started_at,
        config_snapshot
    )
    values (
        start_run.workflow_id, owner, known_channel, start_run.created_by, start_run.context,
        start_run.external_id, known_status, now(),
        (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'config_id', c.config_id,
                        'name', c.name,
                        'config_type', c.config_type,
                        'workflow_id', c.workflow_id,
                        'config_data', c.config_data
                    )
                    order by c.config_type, c.name, c.workflow_id nulls first, c.config_id
                ),
                '[]'
            )
            from public.user_workflow_config as c
            where
                c.org_id = owner
                and c.is_active
                and (c.workflow_id is null or c.workflow_id = start_run.workflow_id)
                -- A configuration that names a channel is for that channel only.
                and coalesce(c.config_data ->> 'channel', start_run.channel) = start_run.channel
        )
    )
    returning r.* into started;
    return started;
end;
$$;
comment on function public.start_run(uuid, text, uuid, uuid, jsonb, text, text) is
'Starts a run now and returns its row. Call it in "from": (start_run(...)).* would call it once a
column, as PostgreSQL does with any function. config_snapshot becomes an array of all active
configurations of the organisation that are for this workflow or for all, and for this channel or
for all (config_data ->> ''channel''). org_id: default the session''s. Raises 23502 without an
organisation, 22023 if context is no object, 42501 for an organisation the session may not write';

create function public.add_context(run_id uuid, entries jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    changed jsonb;
    kind text;
begin
    if jsonb_typeof(entries) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_context: entries must be an object, not %s',
                coalesce(jsonb_typeof(entries), 'null')
            );
    end if;
    update public.user_workflow_run as r
    set context = coalesce(nullif(r.context, 'null'), '{}') || add_context.entries
    where
        r.run_id = add_context.run_id
        and coalesce(jsonb_typeof(r.context), 'null') in ('object', 'null')
    returning r.context into changed;
    if found then
        return changed;
    end if;
    select jsonb_typeof(r.context) into kind
    from public.user_workflow_run as r
    where r.run_id = add_context.run_id;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_context: the context of run %s is of type %s, not an object', run_id, kind
            ),
            hint = 'Nothing was changed. Replace it: update user_workflow_run set context = ...';
    end if;
    raise exception using
        errcode = 'no_data_found',
        message = format('add_context: there is no run %s', run_id),
        hint = 'Or it belongs to another organisation than app.current_org_id.';
end;
$$;
comment on function public.add_context(uuid, jsonb) is
'Sets several keys of the context of a run at once; returns the context. Raises 22023 if entries is
no object, or the context is an array or another value that has no keys, P0002 if the session sees
no such run';

create function public.add_context(run_id uuid, key text, value jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if key is null or value is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = format(
                'add_context: %s is null', case when key is null then 'key' else 'value' end
            ),
            hint = 'A JSON null is ''null''::jsonb.';
    end if;
    return public.add_context(run_id, jsonb_build_object(key, value));
end;
$$;
comment on function public.add_context(uuid, text, jsonb) is
'Sets one key of the context of a run, whatever others set meanwhile; returns the context. Raises
22004 for a null key or value; else errors as add_context(uuid, jsonb)';

create function public.get_context(run_id uuid, key text, missing jsonb default null)
returns jsonb
language sql
stable
parallel safe
return coalesce(
    (
        select r.context -> get_context.key
        from public.user_workflow_run as r
        where r.run_id = get_context.run_id
    ),
    get_context.missing
);
comment on function public.get_context(uuid, text, jsonb) is
'The value of a key of the context of a run (a JSON null is one); else missing, by default null';

create function public.add_endpoints(run_id uuid, endpoints jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    changed jsonb;
begin
    if
        jsonb_typeof(endpoints) is distinct from 'array'
        or exists (
            select from jsonb_array_elements(endpoints) as e (element)
            where jsonb_typeof(e.element) not in ('number', 'string')
        )
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'add_endpoints: endpoints must be an array of numbers or strings';
    end if;
    update public.user_workflow_run as r
    set
        endpoints_used = coalesce(nullif(r.endpoints_used, 'null'), '[]') || (
            select coalesce(jsonb_agg(n.element order by n.place), '[]')
            from (
                select
                    e.element,
                    min(e.place) as place
                from jsonb_array_elements(endpoints) with ordinality as e (element, place)
                where not coalesce(nullif(r.endpoints_used, 'null'), '[]') @> e.element
                group by e.element
            ) as n
        )
    where r.run_id = add_endpoints.run_id
    returning r.endpoints_used into changed;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_endpoints: there is no run %s', run_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return changed;
end;
$$;
comment on function public.add_endpoints(uuid, jsonb) is
'Adds endpoint ids to a run, each once; returns all of them. endpoints: array of numbers or strings
(the old name shows integers only). Raises 22023 for anything else, P0002 if the session sees no
such run';

create function public.add_endpoint(run_id uuid, endpoint bigint)
returns jsonb
language sql
volatile
return public.add_endpoints(add_endpoint.run_id, jsonb_build_array(add_endpoint.endpoint));
comment on function public.add_endpoint(uuid, bigint) is
'Adds one endpoint id to a run, once; returns all of them. Errors as add_endpoints';

create function public.add_endpoint(run_id uuid, endpoint text)
returns jsonb
language sql
volatile
return public.add_endpoints(add_endpoint.run_id, jsonb_build_array(add_endpoint.endpoint));
comment on function public.add_endpoint(uuid, text) is
'As add_endpoint(uuid, bigint), for ids that are texts; the old name cannot show them';

create function public.add_endpoint(run_id uuid, endpoint uuid)
returns jsonb
language sql
volatile
return public.add_endpoints(add_endpoint.run_id, jsonb_build_array(add_endpoint.endpoint));
comment on function public.add_endpoint(uuid, uuid) is
'As add_endpoint(uuid, text), for ids that are uuids';

call consolidation.note_deployed('documents/run_functions');

commit;
