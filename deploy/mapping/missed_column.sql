-- Deploy workflow_consolidation:mapping/missed_column to pg
--
-- Why:    an old table may have columns that the baseline does not know. These functions say which
--         of them the documents lack, and which views are to show them.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/missed_column') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.place_of_further_columns()
returns table (old_table text, view_name text, document regclass, family text, shown regclass)
language sql
stable
begin atomic
    select
        n.old_table,
        v.view_name,
        to_regclass('public.' || v.document),
        s.family,
        s.shown
    from (
        values
        (1, 'trace', 'user_workflow_run'),
        (2, 'step', 'user_workflow_run_step'),
        (3, 'event', null),
        (4, 'screenshot', null)
    ) as v (ordinal, view_name, document)
    cross join lateral (values ((consolidation.six_tables())[v.ordinal])) as n (old_table)
    cross join lateral (
        values
        (1, 'old row', to_regclass(format('consolidation.old_%s', v.view_name))),
        (2, 'document', to_regclass(format('consolidation.%s_row', v.view_name))),
        (3, 'old row', to_regclass(format('consolidation.back_%s', v.view_name))),
        (
            4, case when v.document is null then 'old row' else 'document' end,
            consolidation.old_name(n.old_table)
        )
    ) as s (place, family, shown)
    order by v.ordinal, s.place;
end;
comment on function consolidation.place_of_further_columns() is
'The views that show a further column, in the order in which they are made. document: the table that
has it as a column legacy_<name>; null for elements. family: what the view reads, old rows, which
have the column under its name, or documents. view_name: the part that the names of these views
share';

create function consolidation.missed_column()
returns table (
    old_table text, view_name text, document regclass, column_name name, type_name text,
    is_not_null boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        p.old_table,
        p.view_name,
        p.document,
        a.attname,
        format_type(a.atttypid, case when p.document is not null then a.atttypmod end) || coalesce(
            ' collate ' || nullif(a.attcollation, t.typcollation)::regcollation, ''
        ),
        a.attnotnull
    from consolidation.place_of_further_columns() as p
    cross join lateral (
        values (case when p.document is null then 'keys' else 'columns' end)
    ) as o (becomes)
    inner join pg_attribute as a
        on
            a.attrelid = consolidation.old_table(p.old_table)
            and a.attnum > 0
            and not a.attisdropped
    inner join pg_type as t on t.oid = a.atttypid
    where
        p.shown = to_regclass(format('consolidation.old_%s', p.view_name))
        and not exists (
            select from pg_attribute as s where s.attrelid = p.shown and s.attname = a.attname
        )
        -- The same in verify/baseline.sql, which is asked before there are functions.
        and a.attgenerated = ''
        and a.attidentity = ''
        and pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) is null
        and octet_length(a.attname) <= 56
        and case
            when o.becomes = 'columns'
                then a.attname not in ('as_built', 'of_run', 'of_organisation')
            when o.becomes = 'keys'
                then a.attname ~ '^[a-z_][a-z0-9_]*$'
                and a.attname not in (
                    'as_built', 'place', 'element', 'fits', 'on_step', 'on_step_number', 'copy',
                    'kind', 'is_loose', 'step_number'
                )
                -- Written as JSON and read, these are what they were, whatever the session sets.
                and (
                    t.typtype = 'e'
                    or t.oid = any (
                        '{bool,date,int2,int4,int8,jsonb,numeric,text,timestamptz,uuid,varchar}'
                        ::regtype []
                    )
                )
            else false
        end
    order by p.old_table, a.attnum;
end;
$$;
comment on function consolidation.missed_column() is
'Columns of the old tables that can be carried and that the documents do not have yet';

call consolidation.note_deployed('mapping/missed_column');

commit;
