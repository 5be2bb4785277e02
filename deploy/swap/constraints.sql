-- Deploy workflow_consolidation:swap/constraints to pg
--
-- Why:    constraints on the old rows of runs and steps hold on the documents from the cut-over on:
--         checks, unique keys and indexes, exclusions, not null. The catalog translates them: they
--         are made on an empty copy of the old table, whose columns are then renamed. Constraints
--         that take a scan are made before the locks.
-- Locks:  none now. When called before the locks: access exclusive on the documents, which no
--         application uses then.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/constraints') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.old_constraint()
returns table (
    old_name text, document regclass, class oid, object oid, called name, definition text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        s.old_name,
        s.goes_to,
        'pg_constraint'::regclass::oid,
        k.oid,
        k.conname,
        pg_get_constraintdef(k.oid)
    from consolidation.moving_side(true) as s
    inner join pg_constraint as k on k.conrelid = s.relation
    where
        s.goes_to is not null
        and k.contype in ('c', 'u', 'x')
        and k.convalidated
        -- The documents have this one anyway.
        and pg_get_constraintdef(k.oid) <> 'UNIQUE (trace_id, step_number)'
    union all
    select
        s.old_name,
        s.goes_to,
        'pg_class'::regclass::oid,
        c.oid,
        c.relname,
        regexp_replace(pg_get_indexdef(c.oid), '^.*? USING ', 'using ')
    from consolidation.moving_side(true) as s
    inner join pg_index as i on i.indrelid = s.relation and i.indisunique and i.indisvalid
    inner join pg_class as c on c.oid = i.indexrelid
    where
        s.goes_to is not null
        and not exists (select from pg_constraint as k where k.conindid = i.indexrelid);
end;
$$;
comment on function consolidation.old_constraint() is
'Checks, unique keys, exclusions and unique indexes (class: pg_constraint or pg_class) of the old
tables of runs and steps, in the columns of these, and the documents on which they can hold';

create function consolidation.translated_constraint(wanted text)
returns table (class oid, object oid, called name, definition text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    execute format('create temporary table moving (like %s)', consolidation.old_table(wanted));
    for statement in
        select case
            when c.class = 'pg_constraint'::regclass
                then format(
                    'alter table pg_temp.moving add constraint moving_%s %s', c.object, c.definition
                )
            else format(
                'create unique index moving_%s on pg_temp.moving %s', c.object, c.definition
            )
        end
        from consolidation.old_constraint() as c
        where c.old_name = wanted
        union all
        select format(
            'alter table pg_temp.moving rename column %I to %I', n.view_column, n.base_column
        )
        from consolidation.noted_column as n
        where n.old_name = consolidation.old_name(wanted) and n.view_column <> n.base_column
    loop
        execute statement;
    end loop;
    return query
    select
        c.class,
        c.object,
        c.called,
        coalesce(
            pg_get_constraintdef(k.oid),
            regexp_replace(
                pg_get_indexdef(format('pg_temp.moving_%s', c.object)::regclass),
                '^.*? USING ', 'using '
            )
        )
    from consolidation.old_constraint() as c
    left join pg_constraint as k
        on k.conrelid = 'pg_temp.moving'::regclass and k.conname = format('moving_%s', c.object)
    where c.old_name = wanted;
    drop table pg_temp.moving;
end;
$$;
comment on function consolidation.translated_constraint(text) is
'The constraints of one old table as old_constraint() has them, in the columns of its document';

create function consolidation.not_null_column()
returns table (document regclass, column_name name, check_name text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        s.goes_to,
        d.attname,
        format('moving_not_null_%s', d.attnum)
    from consolidation.moving_side(true) as s
    inner join consolidation.noted_column as n on n.old_name = consolidation.old_name(s.old_name)
    inner join pg_attribute as a on a.attrelid = s.relation and a.attname = n.view_column
    inner join pg_attribute as d on d.attrelid = s.goes_to and d.attname = n.base_column
    where a.attnotnull and not d.attnotnull and n.base_column <> 'retry_count';
end;
$$;
comment on function consolidation.not_null_column() is
'Columns that hold no nulls in an old table and may hold them in the document. A trigger refuses
those of retry_count';

create function consolidation.drop_prepared_constraints()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname)
        from pg_constraint as k
        where
            k.conrelid in (
                'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
            )
            and k.conname ~ '^moving_'
        union all
        select format('drop index %s', i.indexrelid::regclass)
        from pg_index as i
        inner join pg_class as c on c.oid = i.indexrelid and c.relname ~ '^moving_\d+$'
        where
            i.indrelid in (
                'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
            )
            and not exists (select from pg_constraint as k where k.conindid = i.indexrelid)
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.drop_prepared_constraints() is
'Drops the constraints and indexes that prepare_constraints() made';

create function consolidation.preparation()
returns setof text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select case
        when t.class = 'pg_constraint'::regclass
            then format(
                'alter table %s add constraint moving_%s %s', s.goes_to, t.object, t.definition
            )
        else format('create unique index moving_%s on %s %s', t.object, s.goes_to, t.definition)
    end
    from consolidation.moving_side(true) as s
    cross join lateral consolidation.translated_constraint(s.old_name) as t
    where s.goes_to is not null;
end;
$$;
comment on function consolidation.preparation() is
'Statements that make the constraints of the old tables on the documents, under other names';

create function consolidation.prepare_constraints()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    -- The old tables may have other constraints than at the last preparation.
    perform consolidation.drop_prepared_constraints();
    for statement in
        select p.statement from consolidation.preparation() as p (statement)
        union all
        select format(
            'alter table %s add constraint %I check (%I is not null)',
            n.document, n.check_name, n.column_name
        )
        from consolidation.not_null_column() as n
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.prepare_constraints() is
'Before the locks: makes the constraints of the old tables on the documents, under other names.
Raises 23505 if two runs exchanged a unique value at this moment: call it again';

call consolidation.note_deployed('swap/constraints');

commit;
