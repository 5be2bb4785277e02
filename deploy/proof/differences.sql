-- Deploy workflow_consolidation:proof/differences to pg
--
-- Why:    equality is proved, not assumed. Every column of every row of the six old tables is
--         compared with what its old name shows of the documents, as text: 1.1 and 1.10, JSON null
--         and no value are different. Documents nobody wrote to since they were built are compared
--         more strictly: order and place of the elements, and nothing besides.
-- Locks:  none; a call reads one snapshot.
-- Revert: drops the function.

select consolidation.is_deployed('proof/differences') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create function consolidation.differences(
    first_trace_id bigint default null,
    last_trace_id bigint default null,
    skip_pending boolean default false,
    trace_ids bigint [] default null
)
returns table (table_name text, key jsonb, columns text [], old_row jsonb, new_row jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    old_trace constant regclass := consolidation.old_table('workflow_trace');
    -- Executions compared at once: keeps memory bounded, whatever the tables hold.
    slice constant integer := 5000;
    bounds bigint [];
    seen bigint;
    waiting bigint;
    lower_bound bigint;
    upper_bound bigint;
    pair record;
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    if skip_pending and exists (
        select from consolidation.change as c where c.trace_id is null
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a truncate is waiting in the queue: every execution is pending',
            hint = 'call consolidation.catch_up(); then compare again.';
    end if;

    execute format(
        'select
            count(*),
            count(*) filter (where exists (
                select from consolidation.change as c where c.trace_id = t.trace_id
            )),
            array_agg(t.trace_id order by t.trace_id) filter (where t.place %% %s = 0)
        from (
            select o.trace_id, row_number() over (order by o.trace_id) as place
            from %s as o
            where
                ($1 is null or o.trace_id >= $1)
                and ($2 is null or o.trace_id <= $2)
                and ($3 is null or o.trace_id = any ($3))
        ) as t', slice, old_trace
    )
    into seen, waiting, bounds
    using first_trace_id, last_trace_id, trace_ids;

    -- A comparison that sees nothing proves nothing.
    if
        seen = 0 and first_trace_id is null and last_trace_id is null and trace_ids is null
        and (select c.reltuples > 0 from pg_class as c where c.oid = old_trace)
    then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('compared nothing, but %s is not known to be empty', old_trace),
            hint = format('If it is: analyze %s; and compare again.', old_trace);
    end if;
    if skip_pending and seen > 0 and waiting = seen then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('compared nothing: all %s executions are pending', seen),
            hint = 'call consolidation.catch_up(); then compare again.';
    end if;

    bounds := coalesce(bounds, '{}') || null::bigint;
    lower_bound := first_trace_id;
    for part in 1 .. cardinality(bounds) loop
        upper_bound :=
            case when part = cardinality(bounds) then last_trace_id else bounds[part] end;
        for pair in
            select
                p.name,
                p.source,
                p.key_columns,
                p.fits,
                p.old_place,
                p.new_place,
                p.old_extra,
                p.new_extra,
                case
                    when
                        p.name in (
                            'workflow_events', 'workflow_trace_screenshot', 'workflow_trace_context'
                        )
                        then format(
                            'exists (
                                select from new_side as n
                                inner join %s as t
                                    on t.%I = n."old %s" and t.trace_id <> n."old trace_id"
                                where n.key = x.key and n.image = x.image
                            )',
                            consolidation.old_table(p.name), p.id_column, p.id_column
                        )
                    else 'false'
                end as held_elsewhere,
                string_agg(format('t.%I', a.attname), ', ' order by a.attnum) as column_list,
                string_agg(
                    format('t.%I as %I', a.attname, 'old ' || a.attname), ', ' order by a.attnum
                ) as content,
                string_agg(
                    format('(%L, to_jsonb(t.%I))', a.attname, 'old ' || a.attname),
                    ', ' order by a.attnum
                ) as labelled
            from (
                values
                (
                    1, 'workflow_trace',
                    format(
                        '(select v.*, true as fits, r.* from %s as v inner join (
                            select
                                u.legacy_trace_id,
                                u.run_id,
                                concat_ws('','', jsonb_typeof(u.context),
                                    jsonb_typeof(u.endpoints_used), jsonb_typeof(u.events),
                                    jsonb_typeof(u.screenshots)) as kinds
                            from public.user_workflow_run as u
                        ) as r on r.legacy_trace_id = v.trace_id)',
                        consolidation.old_name('workflow_trace')
                    ),
                    array['trace_id'], 'true', '0', '0',
                    'concat(consolidation.run_id(t.trace_id), '' object,array,array,array'')',
                    'concat(t.run_id, '' '', t.kinds)', 'trace_id'
                ),
                (
                    2, 'workflow_steps',
                    format(
                        '(select v.*, true as fits, r.* from %s as v inner join (
                            select
                                u.legacy_step_id,
                                u.step_id as new_step_id,
                                concat_ws('','', jsonb_typeof(u.events),
                                    jsonb_typeof(u.screenshots), u.error_details,
                                    o.legacy_trace_id = u.legacy_trace_id,
                                    o.org_id = u.org_id) as kinds
                            from public.user_workflow_run_step as u
                            left join public.user_workflow_run as o on o.run_id = u.run_id
                        ) as r on r.legacy_step_id = v.step_id)',
                        consolidation.old_name('workflow_steps')
                    ),
                    array['step_id'], 'true', '0', '0',
                    'concat(consolidation.step_id(t.step_id), '' array,array,t,t'')',
                    'concat(t.new_step_id, '' '', t.kinds)', 'step_id'
                ),
                (
                    3, 'workflow_events', 'consolidation.event_row',
                    array['event_id'], 't.fits',
                    'row_number() over (
                        partition by t.trace_id, t.step_id order by t."timestamp", t.event_id)',
                    'row_number() over (partition by t.trace_id, t.step_id order by t.place)',
                    '''{} true''',
                    'concat(
                        case
                            when jsonb_typeof(t.element) = ''object''
                                then t.element - ''{type,timestamp,data,event_id}''::text []
                            else t.element
                        end, '' '',
                        case
                            when t.element ?& ''{type,timestamp,data,event_id}'' then ''true''
                        end)',
                    'event_id'
                ),
                (
                    4, 'workflow_trace_screenshot', 'consolidation.screenshot_row',
                    array['screenshot_id'], 't.fits',
                    'row_number() over (
                        partition by t.trace_id, t.step_index
                        order by t.created_at, t.screenshot_id)',
                    'row_number() over (partition by t.trace_id, t.step_index order by t.place)',
                    format(
                        'concat(''{} '', 12, '' on '', (
                            select s.step_number from %s as s
                            where s.trace_id = t.trace_id and s.step_number = t.step_index
                        ))', consolidation.old_table('workflow_steps')
                    ),
                    'concat(
                        case
                            when jsonb_typeof(t.element) = ''object''
                                then t.element - ''{url,thumbnail_url,timestamp,action,selector,
                                element_found,confidence,screenshot_id,org_id,node_id,node_name,
                                step_index}''::text []
                            else t.element
                        end, '' '',
                        (
                            select count(*) from jsonb_object_keys(
                                case when jsonb_typeof(t.element) = ''object'' then t.element end
                            )
                        ),
                        '' on '', t.on_step_number)',
                    'screenshot_id'
                ),
                (
                    5, 'workflow_trace_context', 'consolidation.context_row',
                    array['trace_id', 'key'], 't.fits', '0', '0', '''''', '''''',
                    'context_id'
                ),
                (
                    6, 'workflow_trace_endpoint', 'consolidation.endpoint_row',
                    array['trace_id', 'endpoint_id'], 't.fits',
                    'row_number() over (partition by t.trace_id order by t.endpoint_id)',
                    'row_number() over (partition by t.trace_id order by t.place)',
                    '''''', '''''',
                    'endpoint_id'
                )
            ) as p (
                ordinal, name, source, key_columns, fits, old_place, new_place, old_extra,
                new_extra, id_column
            )
            inner join pg_attribute as a on a.attrelid = consolidation.old_table(p.name)
            where a.attnum > 0 and not a.attisdropped
            group by
                p.ordinal, p.name, p.source, p.key_columns, p.fits, p.old_place, p.new_place,
                p.old_extra, p.new_extra, p.id_column
            order by p.ordinal
        loop
            return query execute
                format(
                    $sql$
                    with old_side as materialized (
                        select
                            jsonb_build_object(%1$s) as key,
                            row(%2$s)::text as image,
                            case when x.strict then concat(%4$s, ' ', %5$s) end as arrangement,
                            %12$s
                        from %3$s as t
                        cross join lateral (select not exists (
                            select from consolidation.carried_back as b
                            where b.trace_id = t.trace_id
                        )) as x (strict)
                        where
                            ($1 is null or t.trace_id > $1 or ($3 and t.trace_id = $1))
                            and ($2 is null or t.trace_id <= $2)
                            and ($5 is null or t.trace_id = any ($5))
                            and not ($4 and exists (
                                select from consolidation.change as c
                                where c.trace_id = t.trace_id
                            ))
                    ),

                    new_side as materialized (
                        select
                            jsonb_build_object(%1$s) as key,
                            row(%2$s)::text as image,
                            case when x.strict then concat(%7$s, ' ', %8$s) end as arrangement,
                            x.strict or %9$s as counts,
                            x.strict,
                            %14$s as place,
                            %12$s
                        from %6$s as t
                        cross join lateral (select not exists (
                            select from consolidation.carried_back as b
                            where b.trace_id = t.trace_id
                        )) as x (strict)
                        where
                            ($1 is null or t.trace_id > $1 or ($3 and t.trace_id = $1))
                            and ($2 is null or t.trace_id <= $2)
                            and ($5 is null or t.trace_id = any ($5))
                            and not ($4 and exists (
                                select from consolidation.change as c
                                where c.trace_id = t.trace_id
                            ))
                    ),

                    -- What was written to after the cut-over may repeat a row; the old table
                    -- holds it once.
                    new_counted as (
                        select n.key, n.image, n.arrangement
                        from new_side as n
                        where n.strict
                        union all
                        (
                            select distinct on (n.key) n.key, n.image, n.arrangement
                            from new_side as n
                            where not n.strict and n.counts
                            order by n.key, n.place, n.image
                        )
                    ),

                    missing as (
                        select o.key, o.image, o.arrangement from old_side as o
                        except all
                        select n.key, n.image, n.arrangement from new_counted as n
                    ),

                    -- Nor can it hold an id that another execution has there.
                    surplus as (
                        select x.key, x.image, x.arrangement
                        from (
                            select n.key, n.image, n.arrangement from new_counted as n
                            except all
                            select o.key, o.image, o.arrangement from old_side as o
                        ) as x
                        where x.arrangement is not null or not %13$s
                    ),

                    missing_row as (
                        select
                            m.key,
                            row_number() over (partition by m.key) as copy,
                            d.document || coalesce(
                                jsonb_build_object('(arrangement)', m.arrangement), '{}'
                            ) as document
                        from missing as m
                        inner join (
                            select distinct on (t.key, t.image)
                                t.key,
                                t.image,
                                (
                                    select jsonb_object_agg(v.name, v.content)
                                    from (values %10$s) as v (name, content)
                                    where v.content is not null
                                ) as document
                            from old_side as t
                            where (t.key, t.image) in (select w.key, w.image from missing as w)
                        ) as d on d.key = m.key and d.image = m.image
                    ),

                    surplus_row as (
                        select
                            s.key,
                            row_number() over (partition by s.key) as copy,
                            d.document || coalesce(
                                jsonb_build_object('(arrangement)', s.arrangement), '{}'
                            ) as document
                        from surplus as s
                        inner join (
                            select distinct on (t.key, t.image)
                                t.key,
                                t.image,
                                (
                                    select jsonb_object_agg(v.name, v.content)
                                    from (values %10$s) as v (name, content)
                                    where v.content is not null
                                ) as document
                            from new_side as t
                            where (t.key, t.image) in (select w.key, w.image from surplus as w)
                        ) as d on d.key = s.key and d.image = s.image
                    ),

                    difference as (
                        select
                            coalesce(m.key, s.key) as key,
                            m.document as old_row,
                            s.document as new_row
                        from missing_row as m
                        full join surplus_row as s on s.key = m.key and s.copy = m.copy
                    )

                    select
                        %11$L::text,
                        d.key,
                        array(
                            select k.name
                            from jsonb_object_keys(
                                coalesce(d.old_row, '{}') || coalesce(d.new_row, '{}')
                            ) as k (name)
                            where
                                (d.old_row -> k.name)::text
                                is distinct from (d.new_row -> k.name)::text
                            order by k.name
                        ),
                        d.old_row,
                        d.new_row
                    from difference as d
                    order by d.key
                    $sql$,
                    (
                        select string_agg(format('%L, t.%I', k.name, k.name), ', ')
                        from unnest(pair.key_columns) as k (name)
                    ),
                    pair.column_list,
                    consolidation.old_table(pair.name),
                    pair.old_place,
                    pair.old_extra,
                    pair.source,
                    pair.new_place,
                    pair.new_extra,
                    pair.fits,
                    pair.labelled,
                    pair.name,
                    pair.content,
                    pair.held_elsewhere,
                    case
                        when pair.name in ('workflow_trace', 'workflow_steps') then '0'
                        else 't.place'
                    end
                )
                using
                    lower_bound, upper_bound, lower_bound is not distinct from first_trace_id,
                    skip_pending, trace_ids;
        end loop;
        lower_bound := upper_bound;
    end loop;
end;
$$;
comment on function consolidation.differences(bigint, bigint, boolean, bigint []) is
'Each row in which old tables and documents differ: table, key, columns that differ, and both
versions as jsonb (null if there is none; a column without a value is left out, so that it differs
from a JSON null). Parameters: first and last trace_id, null for no limit; skip_pending leaves out
executions that wait in the queue; trace_ids names the executions to compare, null for all.
Everything is compared as of one moment. Raises 55000 if it would compare nothing although there is
something, 42501 if row level security would hide rows';
revoke all on function consolidation.differences(bigint, bigint, boolean, bigint []) from public;
grant execute on function consolidation.differences(bigint, bigint, boolean, bigint [])
to workflow_maintenance;

insert into consolidation.deployed_change (change) values ('proof/differences');

commit;
