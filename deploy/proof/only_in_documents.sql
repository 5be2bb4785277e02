-- Deploy workflow_consolidation:proof/only_in_documents to pg
--
-- Why:    new code may write more than the old tables can hold. It stays in the documents when the
--         names go back, and would be lost if these were dropped. This function lists it.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('proof/only_in_documents') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.only_in_elements()
returns table (table_name text, key text, what text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        case when e.step_id is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce('legacy_step_id ' || e.step_id, format('legacy_trace_id %s', e.trace_id)),
        format('event %s', e.place)
    from consolidation.event_row as e
    cross join (select consolidation.computed_keys('workflow_events') as keys) as c
    where
        not e.fits
        or exists (select from unnest(c.keys) as k (key) where e.element -> k.key <> 'null')
        /* event: or e.<further> is null and e.element -> 'legacy_<further>' <> 'null' */
        or case
            when jsonb_typeof(e.element) = 'object'
                then e.element - array[
                    'type', 'timestamp', 'data', 'event_id'
                    /* event: , 'legacy_<further>' */
                ] <> '{}'
        end
    union all
    select
        case when s.on_step is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce('step_id ' || s.on_step, format('legacy_trace_id %s', s.trace_id)),
        format('screenshot %s', s.place)
    from consolidation.screenshot_row as s
    cross join (select consolidation.computed_keys('workflow_trace_screenshot') as keys) as c
    where
        not s.fits
        or exists (select from unnest(c.keys) as k (key) where s.element -> k.key <> 'null')
        -- The step of a screenshot is that on which it stands.
        /* screenshot: or s.<further> is null and s.element -> 'legacy_<further>' <> 'null'
        and 'legacy_<further>' <> 'legacy_step_id' */
        or round(consolidation.to_score(s.element -> 'confidence'), 2)
        <> consolidation.to_score(s.element -> 'confidence')
        or case
            when jsonb_typeof(s.element) = 'object'
                then s.element - array[
                    'url', 'thumbnail_url', 'timestamp', 'action', 'selector', 'element_found',
                    'confidence', 'screenshot_id', 'org_id', 'node_id', 'node_name', 'step_index'
                    /* screenshot: , 'legacy_<further>' */
                ] <> '{}'
        end;
end;
$$;
comment on function consolidation.only_in_elements() is
'The part of only_in_documents() that stands in events and screenshots';

create function consolidation.only_in_computed()
returns table (table_name text, key text, what text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    lacking record;
begin
    for lacking in
        select
            v.document,
            v.key,
            b.base_column,
            coalesce(pg_get_expr(d.adbin, d.adrelid), 'null') as untold
        from (
            values
            ('workflow_trace', 'user_workflow_run', 'legacy_trace_id', 'trace_row'),
            ('workflow_steps', 'user_workflow_run_step', 'legacy_step_id', 'step_row')
        ) as v (old_table, document, key, shown)
        cross join lateral consolidation.computed_column(v.old_table) as c
        inner join consolidation.base_column(to_regclass('consolidation.' || v.shown)) as b
            on b.view_column = c.column_name
        inner join pg_attribute as a
            on a.attrelid = to_regclass('public.' || v.document) and a.attname = b.base_column
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where not exists (
            select from consolidation.column_source as s
            where (s.table_name, s.column_name) = (v.old_table, c.column_name::text)
        )
    loop
        return query execute format(
            'select %1$L, format(''%2$s %%s'', d.%2$I), %3$L from public.%1$I as d '
            'where d.%3$I is not null and d.%3$I is distinct from %4$s',
            lacking.document, lacking.key, lacking.base_column, lacking.untold
        );
    end loop;
end;
$$;
comment on function consolidation.only_in_computed() is
'The part of only_in_documents() in columns that the old tables of runs and steps lack';

create function consolidation.only_in_documents()
returns table (table_name text, key text, what text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.see_everything();
    -- Only before the cut-over: after it, the old tables just wait for these runs.
    if consolidation.phase() = 'expand' then
        return query
        select
            'user_workflow_run', format('run_id %s', r.run_id),
            format('the run, legacy_trace_id %s', r.legacy_trace_id)
        from public.user_workflow_run as r
        where not exists (
            select from consolidation.old_trace as t where t.trace_id = r.legacy_trace_id
        );
    end if;
    return query
    select
        'user_workflow_run_step', format('step_id %s', s.step_id), 'error_details'
    from public.user_workflow_run_step as s
    where s.error_details is not null
    union all
    select
        'user_workflow_run', format('run_id %s', r.run_id),
        format('%s, which is no %s', d.name, d.kind)
    from public.user_workflow_run as r
    cross join lateral (
        values
        ('context', 'object', jsonb_typeof(r.context)),
        ('endpoints_used', 'array', jsonb_typeof(r.endpoints_used)),
        ('events', 'array', jsonb_typeof(r.events)),
        ('screenshots', 'array', jsonb_typeof(r.screenshots))
    ) as d (name, kind, actual)
    where d.actual <> d.kind
    union all
    select
        'user_workflow_run_step', format('step_id %s', s.step_id),
        format('%s, which is no array', d.name)
    from public.user_workflow_run_step as s
    cross join lateral (
        values ('events', jsonb_typeof(s.events)), ('screenshots', jsonb_typeof(s.screenshots))
    ) as d (name, actual)
    where d.actual <> 'array'
    union all
    select
        'user_workflow_run', format('run_id %s', r.run_id),
        format('context key "%s ..." of %s characters', left(k.name, 20), length(k.name))
    from public.user_workflow_run as r
    cross join lateral jsonb_object_keys(
        case when jsonb_typeof(r.context) = 'object' then r.context end
    ) as k (name)
    where length(k.name) > 255
    union all
    select
        'user_workflow_run', format('legacy_trace_id %s', e.trace_id),
        format('endpoint %s of endpoints_used', e.place)
    from consolidation.endpoint_row as e
    where not e.fits
    union all
    select o.* from consolidation.only_in_elements() as o
    union all
    select c.* from consolidation.only_in_computed() as c
    union all
    select
        a.table_name, format('trace_id %s', a.trace_id),
        concat(
            'refused by the old table with ', a.error_code, ', ', a.message, ': ', a.content,
            '; replaced in the documents at ' || a.replaced_at
        )
    from consolidation.set_aside as a;
end;
$$;
comment on function consolidation.only_in_documents() is
'Lists content that the documents hold and the old tables cannot: table, key, and what it is. The
content stays in the documents when the names go back to the old tables';

call consolidation.note_deployed('proof/only_in_documents');

commit;
