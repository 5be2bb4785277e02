-- Deploy workflow_consolidation:mapping/screenshot to pg
--
-- Why:    screenshots, mapped both ways as mapping/event does for events. A screenshot names its
--         step only by number. If no step has the number, the run keeps the screenshot.
-- Locks:  access share on the old table, for a moment.
-- Revert: drops views, type and functions.

select consolidation.is_deployed('mapping/screenshot') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.old_screenshot
with (security_invoker = true) as
select
    null::uuid as screenshot_id,
    null::bigint as trace_id,
    null::uuid as org_id,
    null::varchar(255) as node_name,
    null::integer as step_index,
    null::text as screenshot_url,
    null::text as thumbnail_url,
    null::text as action_description,
    null::text as element_selector,
    null::boolean as element_found,
    null::numeric(3, 2) as confidence_score,
    null::timestamptz as created_at,
    null::uuid as node_id
where false;
comment on view consolidation.old_screenshot is
'The old table workflow_trace_screenshot, in public or, after the cut-over, in legacy';
call consolidation.bind_old_view(
    'consolidation.old_screenshot', 'public.workflow_trace_screenshot'
);

create type consolidation.screenshot_object as (
    url text,
    thumbnail_url text,
    "timestamp" text,
    action text,
    selector text,
    element_found boolean,
    confidence numeric,
    screenshot_id uuid,
    org_id uuid,
    node_id consolidation.node_id,
    node_name text,
    step_index integer
);
comment on type consolidation.screenshot_object is 'An element of screenshots';

create function consolidation.screenshot_object(
    screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text,
    thumbnail_url text, action_description text, element_selector text, element_found boolean,
    confidence_score numeric, created_at timestamptz, node_id consolidation.node_id
)
returns consolidation.screenshot_object
language sql
stable
parallel safe
return row(
    screenshot_url, thumbnail_url, public.to_iso8601(created_at), action_description,
    element_selector, element_found, confidence_score, screenshot_id, org_id, node_id, node_name,
    step_index
)::consolidation.screenshot_object;
comment on function consolidation.screenshot_object(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz,
    consolidation.node_id
) is
'A row of workflow_trace_screenshot as a screenshot_object, which to_jsonb makes an element of
screenshots';

create function consolidation.screenshot_element(
    screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text,
    thumbnail_url text, action_description text, element_selector text, element_found boolean,
    confidence_score numeric, created_at timestamptz, node_id consolidation.node_id
)
returns jsonb
language sql
stable
parallel safe
return to_jsonb(
    consolidation.screenshot_object(
        screenshot_id, org_id, node_name, step_index, screenshot_url, thumbnail_url,
        action_description, element_selector, element_found, confidence_score, created_at, node_id
    )
);
comment on function consolidation.screenshot_element(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz,
    consolidation.node_id
) is
'A row of workflow_trace_screenshot as an element of screenshots';

create function consolidation.screenshots_of_old_rows(trace_ids bigint [], on_steps boolean)
returns table (trace_id bigint, step_number integer, screenshots jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        p.trace_id::bigint,
        s.step_number,
        to_jsonb(
            array_agg(
                /* screenshot: to_jsonb( */
                consolidation.screenshot_object(
                    p.screenshot_id, p.org_id, p.node_name, p.step_index, p.screenshot_url,
                    p.thumbnail_url, p.action_description, p.element_selector, p.element_found,
                    p.confidence_score, p.created_at, p.node_id
                )
                /* screenshot: ) || consolidation.to_key('legacy_<further>', p.<further>) */
                order by p.created_at, p.screenshot_id
            )
        )
    from consolidation.old_screenshot as p
    left join consolidation.old_step as s
        on s.trace_id = any (trace_ids)
        and s.trace_id = p.trace_id
        and s.step_number = p.step_index
    where p.trace_id = any (trace_ids) and (s.step_id is not null) = on_steps
    group by p.trace_id, s.step_number;
end;
$$;
comment on function consolidation.screenshots_of_old_rows(bigint [], boolean) is
'The arrays of screenshots of these runs: those of their steps, or those of no step';

create function consolidation.screenshot_key(element jsonb, owner uuid, place bigint)
returns uuid
language sql
immutable
parallel safe
return coalesce(
    consolidation.to_uuid(element -> 'screenshot_id'),
    consolidation.synthetic_uuid(owner, place::text)
);
comment on function consolidation.screenshot_key(jsonb, uuid, bigint) is
'The screenshot_id that the old name shows for an element of screenshots; parameters as of
event_key';

create view consolidation.screenshot_row
with (security_invoker = true) as
select
    e.screenshot_id,
    r.legacy_trace_id as trace_id,
    case when e.org_id is null and not e.says_no_org then r.org_id else e.org_id end as org_id,
    e.node_name,
    coalesce(e.step_index, s.step_number) as step_index,
    e.screenshot_url,
    e.thumbnail_url,
    e.action_description,
    e.element_selector,
    e.element_found,
    e.confidence_score,
    e.created_at,
    case when e.node_id is null and not e.says_no_node then s.node_id else e.node_id end as node_id,
    s.step_id as on_step,
    s.step_number as on_step_number,
    x.place,
    x.element,
    consolidation.fits_screenshot(
        x.element, e.created_at, not k.of_run,
        (select consolidation.nullable_columns('workflow_trace_screenshot'))
    ) as fits,
    case
        when jsonb_typeof(x.element) = 'object'
            then x.element ?& w.key and x.element - w.key = '{}'
        else false
    end as as_built
from public.user_workflow_run as r
cross join (
    values (
        array[
            'url', 'thumbnail_url', 'timestamp', 'action', 'selector', 'element_found',
            'confidence', 'screenshot_id', 'org_id', 'node_id', 'node_name', 'step_index'
        ]
    )
) as w (key)
cross join (values (true), (false)) as k (of_run)
left join public.user_workflow_run_step as s on s.run_id = r.run_id and not k.of_run
cross join lateral jsonb_array_elements(
    case
        when k.of_run then case when jsonb_typeof(r.screenshots) = 'array' then r.screenshots end
        when jsonb_typeof(s.screenshots) = 'array' then s.screenshots
    end
) with ordinality as x (element, place)
cross join lateral (
    select
        consolidation.screenshot_key(x.element, coalesce(s.step_id, r.run_id), x.place)
        as screenshot_id,
        consolidation.to_uuid(x.element -> 'org_id') as org_id,
        -- New code knows no node name. The old column cannot be null, so a missing name is ''.
        (
            case
                when length(x.element ->> 'node_name') <= 255 then x.element ->> 'node_name'
                when x.element -> 'node_name' = 'null' and 'node_name' = any (n.nullable) then null
                else ''
            end
        )::varchar(255) as node_name,
        case
            when
                consolidation.to_bigint(x.element -> 'step_index')
                between -2147483648 and 2147483647
                then (x.element -> 'step_index')::integer
        end as step_index,
        x.element ->> 'url' as screenshot_url,
        x.element ->> 'thumbnail_url' as thumbnail_url,
        coalesce(
            x.element ->> 'action',
            case
                when
                    x.element -> 'action' = 'null' and 'action_description' = any (n.nullable)
                    then null
                else ''
            end
        ) as action_description,
        x.element ->> 'selector' as element_selector,
        case
            when jsonb_typeof(x.element -> 'element_found') = 'boolean'
                then (x.element -> 'element_found')::boolean
        end as element_found,
        consolidation.to_score(x.element -> 'confidence')::numeric(3, 2) as confidence_score,
        public.from_iso8601(x.element ->> 'timestamp') as created_at,
        consolidation.to_node_id(x.element -> 'node_id') as node_id,
        (x.element -> 'org_id' = 'null' and 'org_id' = any (n.nullable)) is true as says_no_org,
        (x.element -> 'node_id' = 'null' and 'node_id' = any (n.nullable)) is true as says_no_node
    -- One value for all elements, computed only where one says null.
    from (
        select (select consolidation.nullable_columns('workflow_trace_screenshot')) as nullable
    ) as n
    offset 0
) as e
where x.place between 1 and 2147483647;
comment on view consolidation.screenshot_row is
'Screenshots of the documents as rows of workflow_trace_screenshot, with the step that holds them,
their place in the array, the element itself and whether the old table could hold it. as_built: the
element has the keys that consolidate() gives it, and no others';
call consolidation.show_computed('consolidation.screenshot_row', 'workflow_trace_screenshot');

-- The view also asks for its reader's rights on the table.

call consolidation.note_deployed('mapping/screenshot');

commit;
