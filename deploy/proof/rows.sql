-- Deploy workflow_consolidation:proof/rows to pg
--
-- Why:    for runs in which something differs, old_rows() returns their rows in words, as the old
--         tables hold them.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/rows') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.old_rows(ids bigint [])
returns table (ordinal integer, key jsonb, content jsonb, arrangement text)
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
            to_jsonb(t), '{action_detail,error_detail,config_snapshot}',
            array[t.action_detail, t.error_detail, t.config_snapshot]
        ),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_trace as t on t.trace_id = x.trace_id
    union all
    select
        2,
        jsonb_build_object('step_id', s.step_id),
        consolidation.present(
            to_jsonb(s), '{input_data,output_data,metadata}',
            array[s.input_data, s.output_data, s.metadata]
        ),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_step as s on s.trace_id = x.trace_id
    union all
    select
        3,
        jsonb_build_object('event_id', e.event_id),
        consolidation.present(to_jsonb(e), '{event_data}', array[e.event_data]),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (
                partition by e.trace_id, e.step_id order by e."timestamp", e.event_id
            )
        )
    from run as x
    inner join consolidation.old_event as e on e.trace_id = x.trace_id
    union all
    select
        4,
        jsonb_build_object('screenshot_id', p.screenshot_id),
        consolidation.present(to_jsonb(p), '{}', '{}'),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (
                partition by p.trace_id, p.step_index order by p.created_at, p.screenshot_id
            ),
            s.step_number
        )
    from run as x
    inner join consolidation.old_screenshot as p on p.trace_id = x.trace_id
    left join consolidation.old_step as s
        on s.trace_id = p.trace_id and s.step_number = p.step_index
    union all
    select
        5,
        jsonb_build_object('trace_id', c.trace_id, 'key', c.key),
        consolidation.present(to_jsonb(c), '{value}', array[c.value]),
        consolidation.arrangement(x.is_strict, true)
    from run as x
    inner join consolidation.old_context as c on c.trace_id = x.trace_id
    union all
    select
        6,
        jsonb_build_object('trace_id', e.trace_id, 'endpoint_id', e.endpoint_id),
        to_jsonb(e),
        consolidation.arrangement(
            x.is_strict, true,
            row_number() over (partition by e.trace_id order by e.endpoint_id)
        )
    from run as x
    inner join consolidation.old_endpoint as e on e.trace_id = x.trace_id;
end;
$$;
comment on function consolidation.old_rows(bigint []) is
'Rows of the six old tables for these runs: table (its number), key, content, arrangement';

call consolidation.note_deployed('proof/rows');

commit;
