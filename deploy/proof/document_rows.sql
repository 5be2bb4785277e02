-- Deploy workflow_consolidation:proof/document_rows to pg
--
-- Why:    the rows of proof/rows, as the documents show them.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/document_rows') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.new_rows_of_runs(ids bigint [])
returns table (ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with run as (
        select
            i.trace_id,
            not exists (
                select from consolidation.carried_back as b where b.trace_id = i.trace_id
            ) as is_strict
        from unnest(ids) as i (trace_id)
    )

    select
        1,
        jsonb_build_object('trace_id', t.trace_id),
        consolidation.present(
            to_jsonb(t) - 'as_built',
            '{action_detail,error_detail,config_snapshot}',
            array[t.action_detail, t.error_detail, t.config_snapshot]
        ),
        consolidation.arrangement(x.is_strict, t.as_built),
        0
    from run as x
    inner join consolidation.trace_row as t on t.trace_id = x.trace_id
    union all
    select
        2,
        jsonb_build_object('step_id', s.step_id),
        consolidation.present(
            to_jsonb(s) - '{of_run,of_organisation,as_built}'::text [],
            '{input_data,output_data,metadata}',
            array[s.input_data, s.output_data, s.metadata]
        ),
        consolidation.arrangement(
            x.is_strict,
            s.as_built and exists (
                select from public.user_workflow_run as r
                where
                    r.run_id = s.of_run
                    and r.legacy_trace_id = s.trace_id
                    and r.org_id = s.of_organisation
            )
        ),
        0
    from run as x
    inner join consolidation.step_row as s on s.trace_id = x.trace_id
    union all
    select
        5,
        jsonb_build_object('trace_id', c.trace_id, 'key', c.key),
        consolidation.present(
            to_jsonb(c) - '{place,origin,fits,as_built}'::text [], '{value}', array[c.value]
        ),
        consolidation.arrangement(x.is_strict, c.as_built),
        c.place
    from run as x
    inner join consolidation.context_row as c on c.trace_id = x.trace_id
    where x.is_strict or c.fits
    union all
    select
        6,
        jsonb_build_object('trace_id', e.trace_id, 'endpoint_id', e.endpoint_id),
        jsonb_strip_nulls(to_jsonb(e) - '{place,element,fits,as_built}'::text []),
        consolidation.arrangement(
            x.is_strict, e.as_built,
            row_number() over (partition by e.trace_id order by e.place)
        ),
        e.place
    from run as x
    inner join consolidation.endpoint_row as e on e.trace_id = x.trace_id
    where
        x.is_strict
        -- The old table holds an endpoint once, however often an application wrote it.
        or e.place = (
            select min(o.place)
            from consolidation.endpoint_row as o
            where o.trace_id = e.trace_id and o.endpoint_id = e.endpoint_id
        );
end;
$$;
comment on function consolidation.new_rows_of_runs(bigint []) is
'As new_rows, for runs, steps, context keys and endpoints';

create function consolidation.new_rows_of_elements(ids bigint [])
returns table (ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with run as (
        select
            i.trace_id,
            not exists (
                select from consolidation.carried_back as b where b.trace_id = i.trace_id
            ) as is_strict
        from unnest(ids) as i (trace_id)
    )

    select
        3,
        jsonb_build_object('event_id', e.event_id),
        consolidation.present(
            to_jsonb(e) - '{place,element,fits,as_built}'::text [],
            '{event_data}', array[e.event_data]
        ),
        consolidation.arrangement(
            x.is_strict, e.as_built,
            row_number() over (partition by e.trace_id, e.step_id order by e.place)
        ),
        e.place
    from run as x
    inner join consolidation.event_row as e on e.trace_id = x.trace_id
    where x.is_strict or e.fits
    union all
    select
        4,
        jsonb_build_object('screenshot_id', p.screenshot_id),
        consolidation.present(
            to_jsonb(p) - '{on_step,on_step_number,place,element,fits,as_built}'::text [],
            '{}', '{}'
        ),
        consolidation.arrangement(
            x.is_strict, p.as_built,
            row_number() over (partition by p.trace_id, p.step_index order by p.place),
            p.on_step_number
        ),
        p.place
    from run as x
    inner join consolidation.screenshot_row as p on p.trace_id = x.trace_id
    where x.is_strict or p.fits;
end;
$$;
comment on function consolidation.new_rows_of_elements(bigint []) is
'As new_rows, for events and screenshots';

create function consolidation.new_rows(ids bigint [])
returns table (ordinal integer, key jsonb, content jsonb, arrangement text, place bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select r.* from consolidation.new_rows_of_runs(ids) as r
    union all
    select e.* from consolidation.new_rows_of_elements(ids) as e;
end;
$$;
comment on function consolidation.new_rows(bigint []) is
'The rows of old_rows() as the documents show them, with the place of an element';

call consolidation.note_deployed('proof/document_rows');

commit;
