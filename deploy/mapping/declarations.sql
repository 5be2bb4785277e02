-- Deploy workflow_consolidation:mapping/declarations to pg
--
-- Why:    a column that the old table of the runs lacks, and that the database administrator has
--         declared, is one of the documents, too. These functions say which columns these are, what
--         they read, and put the declared values into other functions.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('mapping/declarations') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.derived_column()
returns table (column_name name, document_column name, type_name text, expression text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        b.view_column,
        b.base_column,
        format_type(a.atttypid, a.atttypmod),
        s.expression
    from consolidation.column_source as s
    inner join consolidation.base_column('consolidation.trace_row') as b
        on b.view_column = s.column_name
    inner join pg_attribute as a
        on a.attrelid = 'public.user_workflow_run'::regclass and a.attname = b.base_column
    where s.table_name = 'workflow_trace'
    order by a.attnum;
end;
comment on function consolidation.derived_column() is
'Columns of workflow_trace that it lacks and that are declared, with the column of the document';

create function consolidation.read_by_declaration()
returns table (relation regclass, column_name name)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute (
        select format(
            'create temporary view declaration as select %s from public.workflow_trace as t',
            string_agg(
                format('(%s)::%s as %I', d.expression, d.type_name, d.column_name), ', '
                order by d.column_name
            )
        )
        from consolidation.derived_column() as d
    );
    relation := to_regclass('pg_temp.declaration');
    return query
    select distinct
        d.refobjid::regclass,
        a.attname
    from pg_rewrite as r
    inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where
        r.ev_class = read_by_declaration.relation
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> r.ev_class;
    execute format('drop view %s', to_regclass('pg_temp.declaration'));
end;
$$;
comment on function consolidation.read_by_declaration() is
'The columns that the declarations read, of workflow_trace and of other relations';

create function consolidation.as_old_row(source text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select string_agg(
        format('%s.%I as %I', source, b.base_column, b.view_column), ', ' order by b.view_column
    )
    from consolidation.base_column('consolidation.trace_row') as b
    where b.view_column not in (
        select c.column_name from consolidation.computed_column('workflow_trace') as c
    );
end;
comment on function consolidation.as_old_row(text) is
'The columns of workflow_trace, computed from source: a row of user_workflow_run';

create function consolidation.declared_values(source text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select format(
        '(select %s from (select %s) as t)',
        string_agg(
            format('(%s)::%s as %I', d.expression, d.type_name, d.document_column), ', '
            order by d.column_name
        ),
        consolidation.as_old_row(source)
    )
    from consolidation.derived_column() as d;
end;
comment on function consolidation.declared_values(text) is
'Subquery with the values that the declarations give a run. source: a row of user_workflow_run';

create function consolidation.fill_in(adapted regprocedure)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition text := pg_get_functiondef(adapted);
    source text;
begin
    foreach source in array array['new', 'r'] loop
        definition := replace(
            definition, format('(select null) /* declared of %s */', source),
            consolidation.declared_values(source)
        );
    end loop;
    definition := replace(
        definition, '/* assigned */',
        (
            select string_agg(
                format('new.%1$I := declared.%1$I;', d.document_column), ' '
                order by d.column_name
            )
            from consolidation.derived_column() as d
        )
    );
    execute replace(
        definition, 'false /* differs */',
        (
            select string_agg(
                format('r.%1$I is distinct from d.%1$I', d.document_column), ' or '
                order by d.column_name
            )
            from consolidation.derived_column() as d
        )
    );
end;
$$;
comment on function consolidation.fill_in(regprocedure) is
'Creates a trigger function again, in which comments stand for what was declared';

create table consolidation.declared_source (
    relation regclass not null,
    was_readable boolean not null,
    constraint declared_source_pkey primary key (relation)
);
comment on table consolidation.declared_source is 'Relations that the declarations of columns read';
comment on column consolidation.declared_source.relation is 'The relation';
comment on column consolidation.declared_source.was_readable is
'Whether workflow_maintenance could read it before the deploy';

create function consolidation.refuse_unknown(run jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    key record;
    is_known boolean;
begin
    for key in
        select
            k.conname,
            k.confrelid::regclass as relation,
            r.attname,
            run ->> o.attname as value
        from pg_constraint as k
        inner join consolidation.declared_source as s on s.relation = k.confrelid
        inner join pg_attribute as o on o.attrelid = k.conrelid and o.attnum = k.conkey[1]
        inner join pg_attribute as r on r.attrelid = k.confrelid and r.attnum = k.confkey[1]
        where
            k.contype = 'f'
            and k.conrelid = 'public.user_workflow_run'::regclass
            and cardinality(k.conkey) = 1
            and run ->> o.attname is not null
    loop
        execute format(
            'select exists (select from %s as s where s.%I::text = $1)', key.relation, key.attname
        ) into is_known using key.value;
        if not is_known then
            perform consolidation.raise_foreign_key(
                'public', 'user_workflow_run', key.conname,
                format('Key (%s) is not present in table "%s".', key.value, key.relation)
            );
        end if;
    end loop;
end;
$$;
comment on function consolidation.refuse_unknown(jsonb) is
'Raises 23503 for a run that refers to nothing, where that is why a declared column is null';

call consolidation.note_deployed('mapping/declarations');

commit;
