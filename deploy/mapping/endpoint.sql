-- Deploy workflow_consolidation:mapping/endpoint to pg
--
-- Why:    endpoints, mapped both ways: rows of two ids, and an array of numbers.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views and function.

select consolidation.is_deployed('mapping/endpoint') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_endpoint
with (security_invoker = true) as
select
    null::bigint as trace_id,
    null::bigint as endpoint_id
where false;
comment on view consolidation.old_endpoint is
'The old table workflow_trace_endpoint, in public or, after the cut-over, in legacy';
call consolidation.bind_old_view('consolidation.old_endpoint', 'public.workflow_trace_endpoint');

create function consolidation.endpoints_of_old_rows(trace_ids bigint [])
returns table (trace_id bigint, endpoints_used jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        e.trace_id::bigint,
        jsonb_agg(e.endpoint_id order by e.endpoint_id)
    from consolidation.old_endpoint as e
    where e.trace_id = any (trace_ids)
    group by e.trace_id;
end;
$$;
comment on function consolidation.endpoints_of_old_rows(bigint []) is
'The endpoints of these runs';

create view consolidation.endpoint_row
with (security_invoker = true) as
select
    r.legacy_trace_id as trace_id,
    consolidation.to_bigint(x.element) as endpoint_id,
    x.place,
    x.element,
    consolidation.to_bigint(x.element) is not null as fits,
    consolidation.to_bigint(x.element) is not null as as_built
from public.user_workflow_run as r
cross join lateral jsonb_array_elements(
    case when jsonb_typeof(r.endpoints_used) = 'array' then r.endpoints_used end
) with ordinality as x (element, place)
where x.place between 1 and 2147483647;
comment on view consolidation.endpoint_row is
'Endpoints of the documents as rows of workflow_trace_endpoint, with their place in the array, the
element itself and whether the old table could hold it. as_built: the element is a number that can
be an id';

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/endpoint');

commit;
