-- Deploy workflow_consolidation:proof/differences_of to pg
--
-- Why:    differences_of() compares some runs, row by row and column by column. A row that an old
--         table refused is no difference: it is set aside.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/differences_of') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.arrangement(
    is_strict boolean, as_built boolean, place bigint default null, on_step integer default null
)
returns text
language sql
immutable
parallel safe
return case
    when is_strict
        then concat_ws(
            ' ', case when as_built then 'as built' else 'changed' end, 'at ' || place,
            'on step ' || on_step
        )
end;
comment on function consolidation.arrangement(boolean, boolean, bigint, integer) is
'The facts that no old column shows: where an element stands, and that its document holds nothing
else. Null for runs that applications wrote to, whose documents may hold more';

create function consolidation.present(plain jsonb, names text [], documents jsonb [])
returns jsonb
language sql
immutable
parallel safe
return coalesce(
    (
        select jsonb_object_agg(p.key, p.value)
        from jsonb_each(plain - names) as p
        where p.value <> 'null'
    ),
    '{}'
) || coalesce(
    (
        select jsonb_object_agg(d.name, d.document)
        from unnest(names, documents) as d (name, document)
        where d.document is not null
    ),
    '{}'
);
comment on function consolidation.present(jsonb, text [], jsonb []) is
'A row as jsonb without the columns that have no value, which differ from a JSON null';

create function consolidation.is_set_aside(key jsonb, shown jsonb)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = (shown ->> 'trace_id')::bigint
            and a.replaced_at is null
            and (
                -- Nothing can be below a run that was refused and has no former version.
                (
                    a.table_name = 'workflow_trace'
                    and not exists (
                        select from consolidation.old_trace as t where t.trace_id = a.trace_id
                    )
                )
                -- Another row may have the same key; that may be why this one was refused.
                or (a.content @> key and jsonb_strip_nulls(a.content) = jsonb_strip_nulls(shown))
            )
    );
end;
$$;
comment on function consolidation.is_set_aside(jsonb, jsonb) is
'Whether the old table refused this row; only_in_documents() lists it';

create function consolidation.is_former(table_name text, key jsonb, held jsonb)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.set_aside as a
        where
            a.trace_id = (held ->> 'trace_id')::bigint
            and a.table_name = is_former.table_name
            and a.replaced_at is null
            and (a.content @> key or a.content -> 'context_id' = held -> 'context_id')
    );
end;
$$;
comment on function consolidation.is_former(text, jsonb, jsonb) is
'Whether this old row is the former version of one that the old table refused';

create function consolidation.differences_of(ids bigint [])
returns table (table_name text, key jsonb, columns text [], old_row jsonb, new_row jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- As what is set aside, which it looks up.
set timezone = 'UTC'
as $$
#variable_conflict use_column
begin
    return query
    with old_side as materialized (
        select o.ordinal, o.key, o.content::text, o.arrangement
        from consolidation.old_rows(ids) as o
    ),

    new_side as materialized (
        select n.ordinal, n.key, n.content::text, n.arrangement
        from consolidation.new_rows(ids) as n
        where n.arrangement is not null or not consolidation.is_set_aside(n.key, n.content)
    ),

    -- As text, since the numbers 1.1 and 1.10 are equal.
    missing as (
        select m.*, row_number() over (partition by m.ordinal, m.key) as copy
        from (select o.* from old_side as o except all select n.* from new_side as n) as m
        where not consolidation.is_former(
            (consolidation.six_tables())[m.ordinal], m.key, m.content::jsonb
        )
    ),

    surplus as (
        select s.*, row_number() over (partition by s.ordinal, s.key) as copy
        from (select n.* from new_side as n except all select o.* from old_side as o) as s
    ),

    difference as (
        select
            coalesce(m.ordinal, s.ordinal) as ordinal,
            coalesce(m.key, s.key) as key,
            m.content::jsonb || consolidation.present(
                jsonb_build_object('(arrangement)', m.arrangement), '{}', '{}'
            ) as old_row,
            s.content::jsonb || consolidation.present(
                jsonb_build_object('(arrangement)', s.arrangement), '{}', '{}'
            ) as new_row
        from missing as m
        full join surplus as s on s.ordinal = m.ordinal and s.key = m.key and s.copy = m.copy
    )

    select
        (consolidation.six_tables())[d.ordinal],
        d.key,
        array(
            select k.name
            from jsonb_object_keys(coalesce(d.old_row, '{}') || coalesce(d.new_row, '{}'))
                as k (name)
            where (d.old_row -> k.name)::text is distinct from (d.new_row -> k.name)::text
            order by k.name
        ),
        d.old_row,
        d.new_row
    from difference as d
    order by d.ordinal, d.key;
end;
$$;
comment on function consolidation.differences_of(bigint []) is
'As differences(), for these runs, row by row and column by column';

call consolidation.note_deployed('proof/differences_of');

commit;
